/// Reply items in the order asked, four bits each: there are eleven, and none comes twice.
@frozen
public struct MetaReplyOrder: Sendable, Equatable {
  @usableFromInline var packed: UInt64 = 0

  /// Nothing to return.
  @inlinable @inline(__always)
  public init() {}

  /// Whether nothing is left.
  @inlinable @inline(__always)
  public var isEmpty: Bool { packed == 0 }

  /// Takes the next item off.
  @inlinable @inline(__always)
  public mutating func next() -> MetaReplyItem? {
    let item = MetaReplyItem(code: packed & 15)
    packed &>>= 4
    return item
  }

  /// Whether N stands behind T in the line: of two lives for a new item the last one holds.
  public var vivifiesLast: Bool {
    var rest = self
    var last = false
    while let item = rest.next() {
      if item == .vivify { last = true }
      if item == .setTTL { last = false }
    }
    return last
  }

  @inlinable @inline(__always)
  mutating func append(_ code: UInt64, at index: Int) { packed |= code &<< UInt64(index &* 4) }
}
