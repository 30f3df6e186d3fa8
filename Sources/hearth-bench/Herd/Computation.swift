/// One computation of the value by the simulated database. Times are nanoseconds from any common beginning.
struct Computation: Equatable, Sendable {
  let start: UInt64
  /// Nil while it is in flight, and for one that the end of the run cut off.
  var end: UInt64?
}
