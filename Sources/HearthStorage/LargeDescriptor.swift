/// Where the bytes of a large value are: whole segments chained by `next`, then up to eight parts in ordinary
/// segments. A part fills what is left of a segment, so that segments end full.
@usableFromInline
struct LargeDescriptor: BitwiseCopyable {
  @usableFromInline var firstSegment: UInt32 = 0
  @usableFromInline var segmentCount: UInt32 = 0
  @usableFromInline var partCount: UInt32 = 0
  @usableFromInline var parts: InlineArray<8, UInt32> = .init(repeating: 0)

  @inlinable @inline(__always) static var bytes: Int { 44 }
  @inlinable @inline(__always) static var maximumParts: Int { 8 }

  init() {}

  init(at raw: UnsafeRawPointer) {
    self = raw.loadUnaligned(as: LargeDescriptor.self)
  }

  func store(at raw: UnsafeMutableRawPointer) {
    raw.storeBytes(of: self, as: LargeDescriptor.self)
  }

  func part(_ i: Int) -> UInt32 { parts[i] }

  mutating func add(_ location: UInt32) {
    parts[Int(partCount)] = location
    partCount += 1
  }

  /// Puts the locations `new` (the first `count`) in place of part `i`.
  mutating func replace(_ i: Int, with new: InlineArray<8, UInt32>, count: Int) {
    var j = Int(partCount) - 1
    while j > i {
      parts[j + count - 1] = parts[j]
      j -= 1
    }
    for k in 0..<count { parts[i + k] = new[k] }
    partCount += UInt32(count - 1)
  }
}
