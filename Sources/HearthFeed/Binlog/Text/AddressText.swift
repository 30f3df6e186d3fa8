/// UUID, INET4 and INET6, which come as plain bytes.
enum AddressText {
  /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
  static let uuidLength = 36
  /// `xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:xxxx`, or with the last 32 bits as an IPv4 address.
  static let longestInet = 48

  /// Writes the 16 bytes of a UUID as 36 characters.
  static func writeUUID(_ bytes: UnsafeRawPointer, to room: UnsafeMutableRawPointer) {
    var count = 0
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 {
        room.storeBytes(of: UInt8(ascii: "-"), toByteOffset: count, as: UInt8.self)
        count += 1
      }
      let byte = bytes.load(fromByteOffset: index, as: UInt8.self)
      room.storeBytes(of: hexadecimal(byte >> 4), toByteOffset: count, as: UInt8.self)
      room.storeBytes(of: hexadecimal(byte & 15), toByteOffset: count + 1, as: UInt8.self)
      count += 2
    }
  }

  /// Writes the 4 bytes of an IPv4 address; how many bytes it took.
  static func writeInet4(_ bytes: UnsafeRawPointer, to room: UnsafeMutableRawPointer) -> Int {
    var count = 0
    for index in 0..<4 {
      if index > 0 {
        room.storeBytes(of: UInt8(ascii: "."), toByteOffset: count, as: UInt8.self)
        count += 1
      }
      count += DigitText.write(UInt64(bytes.load(fromByteOffset: index, as: UInt8.self)), to: room + count)
    }
    return count
  }

  /// Writes the 16 bytes of an IPv6 address as MariaDB does (`Inet6::to_string`): the first longest run of zero groups
  /// becomes `::`, even a single one; addresses that hold an IPv4 one end with it. How many bytes it took.
  static func writeInet6(_ bytes: UnsafeRawPointer, to room: UnsafeMutableRawPointer) -> Int {
    let gap = longestZeros(bytes)
    var count = 0
    func put(_ byte: UInt8) {
      room.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
      count += 1
    }
    var index = 0
    while index < 8 {
      if index == gap.lowerBound, !gap.isEmpty {
        if index == 0 { put(UInt8(ascii: ":")) }
        put(UInt8(ascii: ":"))
        index = gap.upperBound
        continue
      }
      if index == 6, gap.lowerBound == 0, gap.count == 6 || (gap.count == 5 && group(bytes, 5) == 0xFFFF) {
        return count + writeInet4(bytes + 12, to: room + count)
      }
      let value = group(bytes, index)
      var started = false
      for shift: UInt16 in [12, 8, 4, 0] {
        let digit = UInt8(truncatingIfNeeded: value >> shift & 15)
        if digit > 0 || started || shift == 0 {
          put(hexadecimal(digit))
          started = true
        }
      }
      if index < 7 { put(UInt8(ascii: ":")) }
      index += 1
    }
    return count
  }

  private static func longestZeros(_ bytes: UnsafeRawPointer) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if group(bytes, index) != 0 {
        start = index + 1
      } else if index + 1 - start > longest.count {
        longest = start..<index + 1
      }
    }
    return longest
  }

  private static func group(_ bytes: UnsafeRawPointer, _ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: ByteOrder.big(bytes + 2 * index, 2))
  }

  static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}
