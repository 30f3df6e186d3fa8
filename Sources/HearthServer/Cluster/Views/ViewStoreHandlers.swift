import HearthCluster

/// Whom a store tells. The map of a view may be another than that of the configuration.
struct ViewStoreHandlers {
  /// This view is durable, and newer than any that was told before.
  var seen: (View) -> Void
  /// What became of the proposal.
  var proposed: (ProposalOutcome) -> Void
  /// For the operator, one line.
  var log: (String) -> Void
}
