/// How a key was written.
public enum WriteKind: UInt8, Sendable {
  /// set, replace, cas, ms, and the writes of a feed: a value as a whole.
  case set
  /// add: as a set, once it has stored.
  case add
  /// incr, decr, ma: the key is a counter, whoever was to compute it.
  case arithmetic
  /// append, prepend: what a lease holder computes is still wanted.
  case extend
  /// touch, gat: only the expiry.
  case touch
}
