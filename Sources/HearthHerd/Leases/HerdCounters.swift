/// What herd protection did, since the start.
///
/// Given leases are completed, lost, withdrawn or still held; parked readers were released, promoted, gave
/// up, closed, or still wait.
public struct HerdCounters: Equatable, Sendable {
  /// Leases given: readers told to compute a value.
  public var leasesGiven: UInt64 = 0
  /// Leases that a write ended.
  public var leasesCompleted: UInt64 = 0
  /// Of those: items that were refreshed before they expired.
  public var refreshesInTime: UInt64 = 0
  /// Leases whose time ran out.
  public var leasesLost: UInt64 = 0
  /// Leases that a delete, an invalidation or another winner ended.
  public var leasesWithdrawn: UInt64 = 0
  /// Reads answered with an expired item.
  public var staleServed: UInt64 = 0
  /// Readers parked.
  public var parked: UInt64 = 0
  /// Parked readers that looked again after a write.
  public var released: UInt64 = 0
  /// Parked readers that were given the lease.
  public var promoted: UInt64 = 0
  /// Parked readers that waited too long.
  public var gaveUp: UInt64 = 0
  /// Parked readers whose connection closed.
  public var closed: UInt64 = 0
  /// Reads without the protection that the rule promises, for want of room or time, and those that `gaveUp`.
  public var spilled: UInt64 = 0
  /// Sets refused after an invalidation.
  public var holdOffRefusals: UInt64 = 0

  /// Nothing counted.
  public init() {}

  /// Readers that were spared the computation they would have done: got the expired value, or the one that
  /// another reader computed.
  public var recomputationsSaved: UInt64 { staleServed + released }

  /// Adds another's figures.
  public static func += (sum: inout HerdCounters, other: HerdCounters) {
    sum.leasesGiven += other.leasesGiven
    sum.leasesCompleted += other.leasesCompleted
    sum.refreshesInTime += other.refreshesInTime
    sum.leasesLost += other.leasesLost
    sum.leasesWithdrawn += other.leasesWithdrawn
    sum.staleServed += other.staleServed
    sum.parked += other.parked
    sum.released += other.released
    sum.promoted += other.promoted
    sum.gaveUp += other.gaveUp
    sum.closed += other.closed
    sum.spilled += other.spilled
    sum.holdOffRefusals += other.holdOffRefusals
  }
}
