/// Bytes that are written one after the other, in memory that grows and is used again. One thread owns it. Appending
/// costs a comparison and a copy; growing doubles.
public struct RenderBuffer: ~Copyable {
  /// More is given back when the buffer is emptied, so that one large row is not remembered for ever.
  private static let keptCapacity = 1 << 20

  /// Bytes written.
  public private(set) var count = 0
  private var capacity: Int
  private var base: UnsafeMutableRawPointer

  /// Room for `capacity` bytes, until more is needed.
  public init(capacity: Int = 4096) {
    self.capacity = max(64, capacity)
    base = .allocate(byteCount: self.capacity, alignment: 16)
  }

  deinit { base.deallocate() }

  /// Everything written so far; in place until the next byte is.
  public var bytes: UnsafeRawBufferPointer {
    @inline(__always) get { UnsafeRawBufferPointer(start: base, count: count) }
  }

  /// A part of what was written; in place until the next byte is.
  @inline(__always)
  public func bytes(from offset: Int, count: Int) -> UnsafeRawBufferPointer {
    precondition(offset >= 0 && count >= 0 && offset <= self.count && count <= self.count - offset)
    return UnsafeRawBufferPointer(start: base + offset, count: count)
  }

  /// Forgets everything.
  public mutating func removeAll() {
    count = 0
    if capacity > Self.keptCapacity {
      base.deallocate()
      capacity = 4096
      base = .allocate(byteCount: capacity, alignment: 16)
    }
  }

  /// Forgets what was written after the first `count` bytes.
  @inline(__always)
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count)
    self.count = count
  }

  /// Writes one byte.
  @inline(__always)
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  /// Writes bytes as they are.
  @inline(__always)
  public mutating func append(_ source: UnsafeRawBufferPointer) {
    guard let start = source.baseAddress, source.count > 0 else { return }
    reserve(source.count)
    (base + count).copyMemory(from: start, byteCount: source.count)
    count += source.count
  }

  /// Writes a constant.
  @inline(__always)
  public mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// The place behind the last byte, with room for `count`; `commit` says how many were written.
  @inline(__always)
  mutating func room(_ count: Int) -> UnsafeMutableRawPointer {
    reserve(count)
    return base + self.count
  }

  @inline(__always)
  mutating func commit(_ count: Int) { self.count += count }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = max(2 * capacity, count + more)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = larger
  }
}
