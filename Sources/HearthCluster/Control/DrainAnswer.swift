/// The end of what a node did before it learnt of a view.
public struct DrainAnswer: Sendable {
  /// Its last record from before.
  public var sequence: UInt64
  /// The reign in which it was written, 0 if it never reigned with these data.
  public var epoch: UInt64
  /// Its last record from before that reign.
  public var start: UInt64
  /// Names its data.
  public var incarnation: UInt64
  /// For so many milliseconds a node that is not ready may still hold a lease from it.
  public var linger: UInt64
}
