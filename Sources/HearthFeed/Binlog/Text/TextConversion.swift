import Glibc

/// Turns text of one character set into UTF-8. Belongs to one thread. What cannot be converted becomes `?`, as in the
/// servers.
final class TextConversion {
  /// UTF-8 of each byte in the low 24 bits, first byte lowest, and its length above; nil: iconv does it.
  private let table: UnsafeMutablePointer<UInt32>?
  private let descriptor: iconv_t?
  private let containsASCII: Bool
  private let isUTF8: Bool
  /// Where the servers' tables differ from iconv's.
  private let corrections: CharacterCorrections
  /// Bytes to pass over where iconv understands none.
  private let unit: Int

  /// No byte becomes more than three: what takes four in UTF-8 takes at least two in every other set.
  static let mostGrowth = 3

  /// nil: this system's iconv does not know the set.
  init?(_ characterSet: CharacterSet) {
    isUTF8 = characterSet.isUTF8
    containsASCII = characterSet.containsASCII
    corrections = CharacterCorrections(characterSet)
    unit = characterSet == .utf32 ? 4 : containsASCII ? 1 : 2
    if let scalars = SingleByteTable.scalars(of: characterSet) {
      let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
      for byte in 0..<256 { table[byte] = Self.encoded(scalars[byte]) }
      self.table = table
      descriptor = nil
      return
    }
    table = nil
    guard !isUTF8 else {
      descriptor = nil
      return
    }
    guard let name = characterSet.iconvName else { return nil }
    let opened = iconv_open("UTF-8", name)
    // (iconv_t)-1
    guard Int(bitPattern: opened) != -1 else { return nil }
    descriptor = opened
  }

  deinit {
    table?.deallocate()
    if let descriptor { iconv_close(descriptor) }
  }

  private static func encoded(_ scalar: UInt16) -> UInt32 {
    let code = UInt32(scalar)
    if code < 0x80 { return 1 << 24 | code }
    if code < 0x800 { return 2 << 24 | (0x80 | code & 63) << 8 | 0xC0 | code >> 6 }
    return 3 << 24 | (0x80 | code & 63) << 16 | (0x80 | code >> 6 & 63) << 8 | 0xE0 | code >> 12
  }

  /// The text as a value: in place where its bytes are UTF-8 already.
  func value(_ bytes: UnsafeRawBufferPointer, _ image: inout RowImage) -> RowValue {
    if isUTF8 || (containsASCII && Self.isASCII(bytes)) || bytes.isEmpty { return RowValue(bytes) }
    let room = image.room(bytes.count * Self.mostGrowth)
    let count = convert(bytes, room)
    image.giveBack(bytes.count * Self.mostGrowth - count)
    return RowValue(UnsafeRawBufferPointer(start: room, count: count))
  }

  /// The text as a string.
  func string(_ bytes: UnsafeRawBufferPointer) -> String {
    if isUTF8 || bytes.isEmpty { return String(decoding: bytes, as: UTF8.self) }
    let room = UnsafeMutableRawPointer.allocate(byteCount: bytes.count * Self.mostGrowth, alignment: 1)
    defer { room.deallocate() }
    let count = convert(bytes, room)
    return String(decoding: UnsafeRawBufferPointer(start: room, count: count), as: UTF8.self)
  }

  private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var index = 0
    while bytes.count - index >= 8 {
      if base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
        return false
      }
      index += 8
    }
    while index < bytes.count {
      if base.load(fromByteOffset: index, as: UInt8.self) >= 0x80 { return false }
      index += 1
    }
    return true
  }

  /// Writes the text to `room`, which has place for `mostGrowth` bytes for each; how many it took.
  private func convert(_ bytes: UnsafeRawBufferPointer, _ room: UnsafeMutableRawPointer) -> Int {
    guard let table else { return convertByIconv(bytes, room) }
    var count = 0
    for byte in bytes {
      let entry = table[Int(byte)]
      let length = Int(entry >> 24)
      room.storeBytes(of: UInt8(truncatingIfNeeded: entry), toByteOffset: count, as: UInt8.self)
      if length > 1 {
        room.storeBytes(of: UInt8(truncatingIfNeeded: entry >> 8), toByteOffset: count + 1, as: UInt8.self)
      }
      if length > 2 {
        room.storeBytes(of: UInt8(truncatingIfNeeded: entry >> 16), toByteOffset: count + 2, as: UInt8.self)
      }
      count += length
    }
    return count
  }

  private func convertByIconv(_ bytes: UnsafeRawBufferPointer, _ room: UnsafeMutableRawPointer) -> Int {
    guard let descriptor, let base = bytes.baseAddress else { return 0 }
    // iconv's interface is older than const; it does not write there.
    var input: UnsafeMutablePointer<CChar>? = UnsafeMutablePointer(
      mutating: base.assumingMemoryBound(to: CChar.self))
    var inputLeft = bytes.count
    let capacity = bytes.count * Self.mostGrowth
    var output: UnsafeMutablePointer<CChar>? = room.assumingMemoryBound(to: CChar.self)
    var outputLeft = capacity
    while inputLeft > 0 {
      // (size_t)-1, which Swift imports as Int.
      if iconv(descriptor, &input, &inputLeft, &output, &outputLeft) != -1 { break }
      // EILSEQ or EINVAL: a character that is none, or not whole. E2BIG cannot be, and must not loop.
      guard inputLeft > 0, outputLeft > 0, errno != E2BIG else { break }
      let passed = min(unit, inputLeft)
      input = input?.advanced(by: passed)
      inputLeft -= passed
      output?.pointee = CChar(bitPattern: UInt8(ascii: "?"))
      output = output?.advanced(by: 1)
      outputLeft -= 1
    }
    _ = iconv(descriptor, nil, nil, nil, nil)
    return corrections.apply(to: room, capacity - outputLeft)
  }
}
