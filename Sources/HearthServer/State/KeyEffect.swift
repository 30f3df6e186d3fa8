/// What a request did to its key, for those who have to hear of it: readers that wait for the key, peers of the
/// mutex port.
enum KeyEffect: UInt8 {
  /// Nothing, or only read.
  case none
  /// A value was stored as a whole: set, replace, cas, ms.
  case stored
  /// A value was stored by add, where none was.
  case added
  /// incr, decr, ma.
  case counted
  /// append, prepend.
  case extended
  /// Another expiry.
  case touched
  /// Deleted, whether or not there was an item.
  case deleted
  /// md with I: marked stale.
  case invalidated
  /// The client was told to recompute the value, by the item's own marks.
  case won

  /// The key has a value that whoever waits for it can read.
  @inline(__always)
  var isNewValue: Bool { self != .none && rawValue <= KeyEffect.extended.rawValue }
}
