/// Where glibc's iconv reads a character of Big5 and the Japanese sets otherwise than the servers do (compared with MariaDB 10.11, every
/// character of one and two bytes).
enum CharacterCorrections {
  case none
  case sjis
  case ujis
  case big5

  init(_ characterSet: CharacterSet) {
    switch characterSet {
    case .sjis: self = .sjis
    case .ujis: self = .ujis
    case .big5: self = .big5
    default: self = .none
    }
  }

  /// Replaces characters in `count` bytes of UTF-8 in place; none becomes longer. How many bytes are left.
  func apply(to text: UnsafeMutableRawPointer, _ count: Int) -> Int {
    guard self != .none else { return count }
    let bytes = text.assumingMemoryBound(to: UInt8.self)
    var read = 0
    var written = 0
    while read < count {
      let lead = bytes[read]
      let length = min(count - read, lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
      var code: UInt32 = 0
      if length == 2 { code = UInt32(lead & 31) << 6 | UInt32(bytes[read + 1] & 63) }
      if length == 3 {
        code = UInt32(lead & 15) << 12 | UInt32(bytes[read + 1] & 63) << 6 | UInt32(bytes[read + 2] & 63)
      }
      let replacement = replacement(of: code)
      if replacement == 0 {
        for index in 0..<length { bytes[written + index] = bytes[read + index] }
        written += length
      } else if replacement < 0x80 {
        bytes[written] = UInt8(truncatingIfNeeded: replacement)
        written += 1
      } else if replacement < 0x800 {
        bytes[written] = 0xC0 | UInt8(truncatingIfNeeded: replacement >> 6)
        bytes[written + 1] = 0x80 | UInt8(truncatingIfNeeded: replacement & 63)
        written += 2
      } else {
        bytes[written] = 0xE0 | UInt8(truncatingIfNeeded: replacement >> 12)
        bytes[written + 1] = 0x80 | UInt8(truncatingIfNeeded: replacement >> 6 & 63)
        bytes[written + 2] = 0x80 | UInt8(truncatingIfNeeded: replacement & 63)
        written += 3
      }
      read += length
    }
    return written
  }

  /// What the servers have in its place; 0: the same.
  private func replacement(of code: UInt32) -> UInt32 {
    switch (self, code) {
    case (.sjis, 0x00A5), (.sjis, 0xFF3C), (.ujis, 0xFF3C): 0x5C
    case (.sjis, 0x203E): 0x7E
    case (.ujis, 0xFF5E): 0x301C
    case (.ujis, 0x2225): 0x2016
    case (.ujis, 0xFF0D): 0x2212
    case (.ujis, 0xFFE0): 0xA2
    case (.ujis, 0xFFE1): 0xA3
    case (.ujis, 0xFFE2): 0xAC
    case (.ujis, 0xFFE4): 0xA6
    case (.big5, _): Self.big5(code)
    default: 0
    }
  }

  /// What glibc keeps in the private use area, the servers have as Kana, Cyrillic and numbers in circles; a few signs.
  private static func big5(_ code: UInt32) -> UInt32 {
    switch code {
    case 0xF6B0...0xF6B1: code - 0xF6B0 + 0x30FD
    case 0xF6B2...0xF6B3: code - 0xF6B2 + 0x309D
    case 0xF6B4: 0x3005
    case 0xF6B5...0xF707: code - 0xF6B5 + 0x3041
    case 0xF708...0xF75D: code - 0xF708 + 0x30A1
    case 0xF75E...0xF75F: code - 0xF75E + 0x414
    case 0xF760: 0x401
    case 0xF761...0xF767: code - 0xF761 + 0x416
    case 0xF768...0xF77A: code - 0xF768 + 0x423
    case 0xF77B: 0x451
    case 0xF77C...0xF795: code - 0xF77C + 0x436
    case 0xF796...0xF79F: code - 0xF796 + 0x2460
    case 0xF7A0...0xF7A9: code - 0xF7A0 + 0x2474
    case 0xFFE0: 0xA2
    case 0xFFE1: 0xA3
    case 0xFFE5: 0xA5
    case 0x2027: 0x2022
    case 0xFF5E: 0x223C
    case 0x2299: 0x2609
    case 0x2295: 0x2641
    case 0x2215: 0xFF0F
    case 0xFE68: 0xFF3C
    case 0xFE51: 0xFF64
    default: 0
    }
  }
}
