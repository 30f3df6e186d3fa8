extension RenderBuffer {
  /// Writes a JSON string (RFC 8259, section 7): quotes, backslashes and control characters escaped, everything else as
  /// it is. What is not UTF-8 becomes U+FFFD, one for each maximal subpart (Unicode 15, 3.9). Eight bytes at a time
  /// where nothing is to be done.
  public mutating func appendJSONText(_ source: UnsafeRawBufferPointer) {
    append(UInt8(ascii: "\""))
    var i = 0
    while i < source.count {
      let plain = Self.copyPlain(source, from: i, to: room(source.count - i + 8))
      commit(plain)
      i += plain
      guard i < source.count else { break }
      let byte = source[i]
      if byte < 0x80 {
        appendEscape(byte)
        i += 1
      } else {
        i += appendSequence(source, from: i)
      }
    }
    append(UInt8(ascii: "\""))
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Copies up to the first byte that needs a look. `target` has room for eight bytes more.
  @inline(__always)
  private static func copyPlain(
    _ source: UnsafeRawBufferPointer, from start: Int, to target: UnsafeMutableRawPointer
  ) -> Int {
    var i = start
    while source.count - i >= 8 {
      let word = source.loadUnaligned(fromByteOffset: i, as: UInt64.self)
      target.storeBytes(of: word, toByteOffset: i - start, as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5c)
      // A borrow can only mark bytes above one that is marked rightly, and the lowest is what counts.
      let marks =
        (word | ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote)
          | ((backslash &- ones) & ~backslash)) & highs
      if marks != 0 { return i - start + marks.trailingZeroBitCount / 8 }
      i += 8
    }
    while i < source.count {
      let byte = source[i]
      if byte < 0x20 || byte == 0x22 || byte == 0x5c || byte >= 0x80 { break }
      target.storeBytes(of: byte, toByteOffset: i - start, as: UInt8.self)
      i += 1
    }
    return i - start
  }

  @inline(never)
  private mutating func appendEscape(_ byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0a: append(UInt8(ascii: "n"))
    case 0x0c: append(UInt8(ascii: "f"))
    case 0x0d: append(UInt8(ascii: "r"))
    default:
      append("u00")
      append(Self.hexadecimal(byte >> 4))
      append(Self.hexadecimal(byte & 15))
    }
  }

  @inline(__always)
  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }

  /// Writes the sequence that begins with this byte beyond ASCII, or U+FFFD; answers how many bytes that was.
  @inline(__always)
  private mutating func appendSequence(_ source: UnsafeRawBufferPointer, from start: Int) -> Int {
    let lead = source[start]
    // Table 3-7 of Unicode 15: how many bytes follow, and the range of the first of them.
    var following = 0
    var low: UInt8 = 0x80
    var high: UInt8 = 0xbf
    switch lead {
    case 0xc2...0xdf: following = 1
    case 0xe0: (following, low) = (2, 0xa0)
    case 0xed: (following, high) = (2, 0x9f)
    case 0xe1...0xef: following = 2
    case 0xf0: (following, low) = (3, 0x90)
    case 0xf4: (following, high) = (3, 0x8f)
    case 0xf1...0xf3: following = 3
    default: break
    }
    var valid = 0
    while valid < following, start + 1 + valid < source.count {
      let byte = source[start + 1 + valid]
      guard byte >= low, byte <= high else { break }
      low = 0x80
      high = 0xbf
      valid += 1
    }
    if following > 0, valid == following {
      append(UnsafeRawBufferPointer(rebasing: source[start..<(start + 1 + valid)]))
    } else {
      append("\u{fffd}")
    }
    return 1 + valid
  }
}
