/// What is remembered of a file, beside its name: 16 bytes.
struct FileRecord {
  /// Whether it has to be read.
  enum Due: UInt8 {
    case no
    /// It is new or changed.
    case read
    /// A sweep compares it with its entry.
    case compare
    /// The comparison failed; it is made again after all events were heard, before it counts as a difference.
    case confirm
  }

  /// Of the contents that the entry was made of; 0: not known for certain.
  var signature: UInt64 = 0
  /// Bytes.
  var size: UInt32 = 0
  var due = Due.no
  /// The pool holds its entry.
  var isStored = false
  /// Why the pool does not.
  var leftOut: LeftOut?
}
