import CHearth

/// Appends protocol text to memory that its owner has made large enough.
struct TextWriter {
  private(set) var end: UnsafeMutablePointer<UInt8>

  init(at start: UnsafeMutablePointer<UInt8>) { end = start }

  @inline(__always)
  mutating func text(_ text: StaticString) {
    hearth_copy(end, text.utf8Start, text.utf8CodeUnitCount)
    end += text.utf8CodeUnitCount
  }

  @inline(__always)
  mutating func bytes(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    hearth_copy(end, bytes, count)
    end += count
  }

  @inline(__always)
  mutating func key(_ key: UInt64, _ keys: KeyspaceView) { end += keys.writeKey(key, to: end) }

  @inline(__always)
  mutating func decimal(_ value: UInt32) {
    if value < 10 {
      end[0] = UInt8(truncatingIfNeeded: value) &+ 0x30
      end += 1
      return
    }
    var digits = 0
    var rest = value
    while rest > 0 {
      digits &+= 1
      rest /= 10
    }
    rest = value
    var i = digits &- 1
    while i >= 0 {
      end[i] = UInt8(truncatingIfNeeded: rest % 10) &+ 0x30
      rest /= 10
      i &-= 1
    }
    end += digits
  }
}
