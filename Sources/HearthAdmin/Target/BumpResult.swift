/// The outcome of a bump.
public enum BumpResult: Equatable, Sendable {
  /// Done; the group's generation is this now.
  case bumped(generation: UInt64)
  /// Not done, with the reason as one line for the operator.
  case refused(String)
}
