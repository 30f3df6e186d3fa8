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
}
