/// What one call of the parser came to. Consumed bytes count from the offset it was called with.
public enum ParseStep: Sendable, Equatable {
  /// A request was filled in; these bytes are done with, once the request was executed.
  case request(Int)
  /// The input ends before the next request does. Some bytes may be done with all the same (a block being
  /// swallowed, the rest of a refused line). Call again when more has arrived, with what was not consumed.
  case needMore(Int)
  /// Close the connection without a word: a line without end, another protocol, HTTP.
  case close
}
