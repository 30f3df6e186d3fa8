/// One value of a row: text as its column's `ColumnKind` says, NULL, or not told.
public struct RowValue {
  /// What is known of the value.
  public enum State: UInt8, Sendable {
    case value
    case null
    /// The row's image does not have the column.
    case absent
  }

  /// Whether there are bytes.
  public var state: State
  /// Bytes of the text; empty for NULL and what is absent. They stay in place as long as the row is looked at.
  public var bytes: UnsafeRawBufferPointer

  /// A value with this text.
  @inline(__always)
  public init(_ bytes: UnsafeRawBufferPointer) {
    state = .value
    self.bytes = bytes
  }

  /// NULL, or absent.
  @inline(__always)
  public init(_ state: State) {
    self.state = state
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
  }
}
