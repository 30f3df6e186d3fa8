/// What became of a proposed view.
public enum ProposalOutcome: Sendable {
  /// It is durable.
  case accepted(View)
  /// Another one had come first.
  case refused(newer: View)
  /// The store did not answer; it may have become durable or may yet become so.
  case unknown
}
