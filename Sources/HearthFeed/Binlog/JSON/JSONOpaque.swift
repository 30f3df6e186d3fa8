/// Values of SQL types inside MySQL's binary JSON.
enum JSONOpaque {
  /// Writes the value of a field type; false: damaged.
  static func write(_ type: UInt8, _ bytes: UnsafeRawBufferPointer, _ writer: inout JSONTextWriter) -> Bool {
    switch type {
    case WireType.newDecimal: return writeDecimal(bytes, &writer)
    case WireType.date, WireType.newDate, WireType.timeOld, WireType.datetimeOld, WireType.timestampOld:
      guard bytes.count == 8 else { return false }
      writer.put("\"")
      writeTemporal(type, Int64(bitPattern: bytes.loadUnaligned(as: UInt64.self)), &writer)
      writer.put("\"")
    default:
      writer.put("\"base64:type")
      writer.put(UInt64(type))
      writer.put(":")
      writeBase64(bytes, &writer)
      writer.put("\"")
    }
    return true
  }

  /// Precision, scale, and the column's form.
  private static func writeDecimal(_ bytes: UnsafeRawBufferPointer, _ writer: inout JSONTextWriter) -> Bool {
    guard bytes.count > 2, let base = bytes.baseAddress else { return false }
    let precision = Int(bytes[0])
    let scale = Int(bytes[1])
    guard precision >= 1, precision <= 65, scale <= precision,
      bytes.count == 2 + DecimalText.size(precision: precision, scale: scale)
    else { return false }
    writer.put(longest: DecimalText.longest(precision: precision)) {
      DecimalText.write(base + 2, precision: precision, scale: scale, to: $0)
    }
    return true
  }

  /// The packed form: 24 bits of microseconds below the date and time (`my_datetime_packed_to_binary` without the bias).
  private static func writeTemporal(_ type: UInt8, _ packed: Int64, _ writer: inout JSONTextWriter) {
    let magnitude = packed.magnitude
    let whole = magnitude >> 24
    let microseconds = min(magnitude & 0xFF_FFFF, 999_999)
    writer.put(longest: TemporalText.longest) { room in
      switch type {
      case WireType.timeOld:
        return TemporalText.writePackedTime(
          whole, microseconds: microseconds, isNegative: packed < 0, digits: 6, to: room)
      case WireType.date, WireType.newDate:
        // The date alone: ten bytes, whatever the clock says.
        return min(10, TemporalText.writePackedDateTime(whole & 0x7F_FFFF_FFFF, to: room))
      default:
        let count = TemporalText.writePackedDateTime(whole & 0x7F_FFFF_FFFF, to: room)
        return count + TemporalText.writeFraction(microseconds, digits: 6, to: room + count)
      }
    }
  }

  /// As `mysys/base64.c` does, with a line break after every 76 characters, which JSON shows as `\n`.
  private static func writeBase64(_ bytes: UnsafeRawBufferPointer, _ writer: inout JSONTextWriter) {
    let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    var column = 0
    for start in stride(from: 0, to: bytes.count, by: 3) {
      if column == 76 {
        writer.put("\\n")
        column = 0
      }
      var group = UInt32(bytes[start]) << 16
      if start + 1 < bytes.count { group |= UInt32(bytes[start + 1]) << 8 }
      if start + 2 < bytes.count { group |= UInt32(bytes[start + 2]) }
      for index in 0..<4 {
        let isThere = start + index <= bytes.count
        let digit = Int(group >> UInt32(18 - 6 * index) & 63)
        writer.put(isThere ? alphabet.utf8Start[digit] : UInt8(ascii: "="))
      }
      column += 4
      if writer.isOver { return }
    }
  }
}
