/// MySQL's binary JSON (`sql-common/json_binary.h`) as the text that MySQL shows.
enum MySQLJSON {
  /// MySQL's own limit for the nesting of arrays and objects (JSON_DOCUMENT_MAX_DEPTH).
  static let deepest = 100

  /// The text of a value; nil: damaged. Costs two walks over the value: the first one only counts.
  static func text(_ value: UnsafeRawBufferPointer, _ image: inout RowImage) -> UnsafeRawBufferPointer? {
    // Offsets may point anywhere, several to the same place: what MySQL writes never grows this much.
    let limit = 8 * value.count + 64
    var counting = JSONTextWriter(nil, limit: limit)
    guard write(value, &counting), !counting.isOver else { return nil }
    let room = image.room(counting.count)
    var writer = JSONTextWriter(room, limit: counting.count)
    guard write(value, &writer), !writer.isOver else { return nil }
    return UnsafeRawBufferPointer(start: room, count: writer.count)
  }

  private static func write(_ value: UnsafeRawBufferPointer, _ writer: inout JSONTextWriter) -> Bool {
    // INSERT IGNORE of NULL into a NOT NULL column leaves nothing.
    guard let type = value.first else {
      writer.put("null")
      return true
    }
    return write(type, UnsafeRawBufferPointer(rebasing: value[1...]), depth: 1, &writer)
  }

  private static func write(
    _ type: UInt8, _ bytes: UnsafeRawBufferPointer, depth: Int, _ writer: inout JSONTextWriter
  ) -> Bool {
    guard !writer.isOver else { return false }
    var reader = EventBytes(bytes)
    switch type {
    case 0, 1, 2, 3:
      guard depth <= deepest else { return false }
      return JSONContainer(bytes, isLarge: type & 1 == 1, isObject: type < 2)?.write(depth: depth, &writer)
        ?? false
    case 4: return writer.putLiteral(reader.byte()) && !reader.failed
    case 5: writer.put(Int64(Int16(bitPattern: reader.uint16())))
    case 6: writer.put(UInt64(reader.uint16()))
    case 7: writer.put(Int64(Int32(bitPattern: reader.uint32())))
    case 8: writer.put(UInt64(reader.uint32()))
    case 9: writer.put(Int64(bitPattern: reader.uint64()))
    case 10: writer.put(reader.uint64())
    case 11: writer.put(Double(bitPattern: reader.uint64()))
    case 12: writer.putString(reader.take(length(&reader)))
    case 15:
      let fieldType = reader.byte()
      return JSONOpaque.write(fieldType, reader.take(length(&reader)), &writer) && !reader.failed
    default: return false
    }
    return !reader.failed
  }

  /// Seven bits a byte, the lowest first, at most five bytes.
  private static func length(_ reader: inout EventBytes) -> Int {
    var value = 0
    for index in 0..<5 {
      let byte = Int(reader.byte())
      value |= (byte & 0x7F) << (7 * index)
      if byte < 0x80 { return value }
    }
    return .max
  }

  /// An array or an object: count and size, then entries of keys, entries of values, keys and values. Offsets count from the
  /// first byte; numbers have two bytes, in large ones four.
  private struct JSONContainer {
    private let bytes: UnsafeRawBufferPointer
    private let isObject: Bool
    private let isLarge: Bool
    private let count: Int
    private var offsetSize: Int { isLarge ? 4 : 2 }

    init?(_ all: UnsafeRawBufferPointer, isLarge: Bool, isObject: Bool) {
      self.isLarge = isLarge
      self.isObject = isObject
      var reader = EventBytes(all)
      let offsetSize = isLarge ? 4 : 2
      count = Int(reader.number(offsetSize))
      let size = Int(reader.number(offsetSize))
      guard !reader.failed, size <= all.count, size >= 2 * offsetSize else { return nil }
      bytes = UnsafeRawBufferPointer(rebasing: all[..<size])
      let entries = count * (1 + offsetSize + (isObject ? offsetSize + 2 : 0))
      guard entries <= size - 2 * offsetSize else { return nil }
    }

    func write(depth: Int, _ writer: inout JSONTextWriter) -> Bool {
      writer.put(isObject ? "{" : "[")
      let values = 2 * offsetSize + (isObject ? count * (offsetSize + 2) : 0)
      for index in 0..<count {
        if index > 0 { writer.put(", ") }
        if isObject {
          guard let key = key(index) else { return false }
          writer.putString(key)
          writer.put(": ")
        }
        guard writeValue(at: values + index * (1 + offsetSize), depth: depth, &writer) else { return false }
      }
      writer.put(isObject ? "}" : "]")
      return !writer.isOver
    }

    private func key(_ index: Int) -> UnsafeRawBufferPointer? {
      var entry = EventBytes(bytes, from: 2 * offsetSize + index * (offsetSize + 2))
      let offset = Int(entry.number(offsetSize))
      let length = Int(entry.uint16())
      var reader = EventBytes(bytes, from: offset)
      let key = reader.take(length)
      return reader.failed ? nil : key
    }

    private func writeValue(at entry: Int, depth: Int, _ writer: inout JSONTextWriter) -> Bool {
      var reader = EventBytes(bytes, from: entry)
      let type = reader.byte()
      // What fits stands in the entry: literals, 16-bit numbers, and 32-bit ones in large containers.
      let isInline = type == 4 || type == 5 || type == 6 || (isLarge && (type == 7 || type == 8))
      if isInline {
        return MySQLJSON.write(type, reader.take(offsetSize), depth: depth, &writer) && !reader.failed
      }
      let offset = Int(reader.number(offsetSize))
      // Values stand behind the entries, so that none contains itself.
      guard !reader.failed, offset > entry, offset < bytes.count else { return false }
      return MySQLJSON.write(
        type, UnsafeRawBufferPointer(rebasing: bytes[offset...]), depth: depth + 1, &writer)
    }
  }
}
