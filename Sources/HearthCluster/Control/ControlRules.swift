/// Rules that tests leave out to see that they are needed.
struct ControlRules: OptionSet, Sendable {
  let rawValue: Int

  /// Wait for the end of leases before acknowledging without their holders.
  static let leaseWait = ControlRules(rawValue: 1)
  /// Require a joining node before the view does.
  static let promise = ControlRules(rawValue: 2)
  /// Refuse who goes by a lower view.
  static let refusal = ControlRules(rawValue: 4)
  /// Discard what a former primary holds.
  static let discard = ControlRules(rawValue: 8)
  /// Wait for the last records of a primary that steps down.
  static let drain = ControlRules(rawValue: 16)
  /// Compare how far two replicas had the records of a lost primary.
  static let comparison = ControlRules(rawValue: 32)
  /// Ask replicas before a primary reads.
  static let primaryLease = ControlRules(rawValue: 64)
  /// Let a replica's lease end no later than its primary's.
  static let chain = ControlRules(rawValue: 128)
  /// Let nodes load what they gain before the map that is to be becomes the map.
  static let gain = ControlRules(rawValue: 256)
  /// Wait for all before what is owned no more is removed.
  static let purgeWait = ControlRules(rawValue: 512)
  /// Load by the clock of those that are ready.
  static let clock = ControlRules(rawValue: 1024)
  /// Compare only what was lost before reigns over keys that were the follower's then.
  static let ownReigns = ControlRules(rawValue: 2048)
  /// Follow reigns that began with the same view in any order.
  static let ties = ControlRules(rawValue: 4096)
  /// Stop feeding who does not follow any more.
  static let forget = ControlRules(rawValue: 8192)
  /// Wait for owners of keys with one copy before the map that is to be becomes the map.
  static let awaited = ControlRules(rawValue: 16384)
  /// Load again what is gained where records of it were missed.
  static let gap = ControlRules(rawValue: 65536)
  /// Do not compare what was lost after a reign had begun.
  static let laterLosses = ControlRules(rawValue: 131072)
  /// Remove what a node that was left out does not own any more, before it counts again.
  static let cleanReturn = ControlRules(rawValue: 32768)
}
