/// How a pool protects its readers when a value has to be computed. Everything is off unless it is set. Times in
/// milliseconds.
public struct HerdConfiguration: Sendable, Equatable {
  /// `early_refresh.before` as a time; 0 when it is off or a percentage.
  public var refreshBefore = 0
  /// `early_refresh.before` as a share of the item's life, in thousandths; 0 when it is off or a time.
  public var refreshPermille = 0
  /// `early_refresh.lease`: how long one reader may take to refresh an item.
  public var refreshLease = 5000
  /// `serve_stale`: how long after its expiry an item is still served, in seconds.
  public var serveStale = 0
  /// `coalesce.wait`: how long a reader waits for another one's value; 0: off.
  public var coalesceWait = 0
  /// `coalesce.lease`: how long one reader may take to compute a value.
  public var coalesceLease = 5000
  /// `coalesce.max_waiters`: readers that may wait for one key.
  public var maximumWaiters = 1024
  /// `hold_off`: how long after an invalidation sets are refused.
  public var holdOff = 0

  /// Everything is off.
  public init() {}

  /// Some part is on.
  public var isOn: Bool { refreshesEarly || serveStale != 0 || coalesceWait != 0 || holdOff != 0 }
  /// Items have to keep the life that they were given.
  public var refreshesEarly: Bool { refreshBefore | refreshPermille != 0 }
}

extension HerdConfiguration: CustomStringConvertible {
  /// For the log: `early_refresh 10s, serve_stale 30s`, or `off`.
  public var description: String {
    var parts: [String] = []
    if refreshBefore != 0 { parts.append("early_refresh \(Quantity.writtenDuration(refreshBefore))") }
    if refreshPermille != 0 { parts.append("early_refresh \(refreshPermille / 10)%") }
    if serveStale != 0 { parts.append("serve_stale \(Quantity.writtenDuration(serveStale * 1000))") }
    if coalesceWait != 0 { parts.append("coalesce \(Quantity.writtenDuration(coalesceWait))") }
    if holdOff != 0 { parts.append("hold_off \(Quantity.writtenDuration(holdOff))") }
    return parts.isEmpty ? "off" : parts.joined(separator: ", ")
  }
}
