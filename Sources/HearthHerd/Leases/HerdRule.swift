/// How a pool protects its readers. Times are milliseconds, 0 switches a part off. It comes with every call,
/// so a changed rule holds from the next call on.
public struct HerdRule: Equatable, Sendable {
  /// Early refresh: an item with less than this left is due for refresh.
  public var refreshBefore: UInt64
  /// Early refresh, in thousandths of the item's life instead of a time.
  public var refreshPermille: UInt64
  /// How long one reader may take to refresh an item early.
  public var refreshLease: UInt64
  /// How long after its expiry an item is still served while one reader computes it.
  public var serveStale: UInt64
  /// Coalescing: how long a reader is parked at most.
  public var coalesceWait: UInt64
  /// How long one reader may take to compute a missing item.
  public var coalesceLease: UInt64
  /// Most readers parked for one key.
  public var maximumWaiters: UInt32
  /// How long after an invalidation sets are refused.
  public var holdOff: UInt64

  /// Everything is off unless told otherwise.
  @inlinable
  public init(
    refreshBefore: UInt64 = 0, refreshPermille: UInt64 = 0, refreshLease: UInt64 = 5000,
    serveStale: UInt64 = 0, coalesceWait: UInt64 = 0, coalesceLease: UInt64 = 5000,
    maximumWaiters: UInt32 = 1024, holdOff: UInt64 = 0
  ) {
    self.refreshBefore = refreshBefore
    self.refreshPermille = refreshPermille
    self.refreshLease = refreshLease
    self.serveStale = serveStale
    self.coalesceWait = coalesceWait
    self.coalesceLease = coalesceLease
    self.maximumWaiters = maximumWaiters
    self.holdOff = holdOff
  }

  /// Items are refreshed before they expire.
  @inlinable @inline(__always)
  public var refreshesEarly: Bool { refreshBefore | refreshPermille != 0 && refreshLease != 0 }
  /// Readers of a missing item wait for the first one.
  @inlinable @inline(__always)
  public var coalesces: Bool { coalesceWait != 0 && coalesceLease != 0 }
  /// No part is on: the table need not be asked.
  @inlinable @inline(__always)
  public var isOff: Bool { !refreshesEarly && serveStale == 0 && !coalesces && holdOff == 0 }

  /// The item is live, and near enough to its expiry that one reader is to refresh it. Never for locks and
  /// counters, nor for items without an expiry. The time before expiry is capped at a quarter of the item's
  /// life, so that an item that lives shorter than that is not always due.
  @inlinable @inline(__always)
  public func isRefreshDue(_ item: ItemView) -> Bool {
    guard refreshesEarly, item.state == .live, !item.isExempt, item.life != 0 else { return false }
    let before = refreshPermille != 0 ? item.life &* min(refreshPermille, 250) / 1000 : refreshBefore
    return item.remaining < min(before, item.life / 4)
  }

  /// The item may still be served, though it has expired. Not locks and counters: an expired lock is free.
  @inlinable @inline(__always)
  public func mayServeStale(_ item: ItemView) -> Bool {
    item.state == .expired && !item.isExempt && item.expiredFor < serveStale
  }

  /// The table has to be asked about a read that found this. False for nearly all hits, at the cost of a few
  /// compares.
  @inlinable @inline(__always)
  public func concerns(_ item: ItemView) -> Bool {
    item.state == .live ? isRefreshDue(item) : serveStale != 0 || coalesces || holdOff != 0
  }

  /// Length of a lease for an item that is not there.
  var leaseForMiss: UInt64 {
    if coalesces { return coalesceLease }
    return refreshesEarly ? refreshLease : max(holdOff, 1000)
  }
}
