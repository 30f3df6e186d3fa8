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

  @inlinable @inline(__always)
  mutating func append(_ code: UInt64, at index: Int) { packed |= code &<< UInt64(index &* 4) }
}
