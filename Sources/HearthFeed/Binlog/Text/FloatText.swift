/// FLOAT and DOUBLE as `ColumnKind` says: Swift's description without a trailing `.0`.
enum FloatText {
  /// `-2.2250738585072014e-308` has 24 bytes.
  static let longest = 32

  /// Writes a FLOAT; how many bytes it took.
  static func write(_ number: Float, to room: UnsafeMutableRawPointer) -> Int {
    write(number.description, to: room)
  }

  /// Writes a DOUBLE; how many bytes it took.
  static func write(_ number: Double, to room: UnsafeMutableRawPointer) -> Int {
    write(number.description, to: room)
  }

  private static func write(_ description: String, to room: UnsafeMutableRawPointer) -> Int {
    var text = description
    return text.withUTF8 { bytes in
      var count = min(bytes.count, longest)
      if count > 2, bytes[count - 1] == UInt8(ascii: "0"), bytes[count - 2] == UInt8(ascii: ".") {
        count -= 2
      }
      if let base = bytes.baseAddress { room.copyMemory(from: base, byteCount: count) }
      return count
    }
  }
}
