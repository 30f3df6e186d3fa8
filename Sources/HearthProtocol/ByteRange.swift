/// A part of the input buffer the request was parsed from, as offsets from its start.
public struct ByteRange: Sendable, Equatable {
  /// Offset of the first byte.
  public var start: Int32
  /// Number of bytes.
  public var count: Int32

  /// An empty range at 0 unless told otherwise.
  @inlinable @inline(__always)
  public init(start: Int = 0, count: Int = 0) {
    self.start = Int32(truncatingIfNeeded: start)
    self.count = Int32(truncatingIfNeeded: count)
  }

  /// The bytes themselves, within the buffer the request was parsed from.
  @inlinable @inline(__always)
  public func bytes(in input: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: input.baseAddress.unsafelyUnwrapped + Int(start), count: Int(count))
  }
}
