/// A column as a table map describes it.
struct WireColumn: Sendable, Equatable {
  /// One of `WireType`; the real one, where STRING hides ENUM and SET.
  var type: UInt8
  /// DECIMAL: digits in all. TIME, DATETIME, TIMESTAMP: digits of the fraction.
  var precision = 0
  /// DECIMAL: digits after the point.
  var scale = 0
  /// BIT, ENUM, SET: bytes of a value. CHAR, VARCHAR and BINARY: bytes of the longest one.
  var length = 0
  /// Bytes of the length before a value.
  var lengthSize = 0
  /// nil: not told.
  var isUnsigned: Bool?
  /// Number of the collation; nil: not told.
  var collation: Int?

  /// Reads the metadata of a column of this type, whose size `WireType.metadataSize` has said; nil: values no server
  /// writes.
  init?(type: UInt8, metadata: inout EventBytes) {
    self.type = type
    switch type {
    case WireType.float, WireType.double:
      guard metadata.byte() == (type == WireType.float ? 4 : 8) else { return nil }
    case WireType.tinyBlob, WireType.mediumBlob, WireType.longBlob, WireType.blob, WireType.blobCompressed,
      WireType.vector, WireType.json, WireType.geometry:
      lengthSize = Int(metadata.byte())
      guard lengthSize >= 1, lengthSize <= 4 else { return nil }
    case WireType.timestamp2, WireType.datetime2, WireType.time2:
      precision = Int(metadata.byte())
      guard precision <= 6 else { return nil }
    case WireType.varchar, WireType.varString, WireType.varcharCompressed:
      length = Int(metadata.uint16())
      lengthSize = length < 256 ? 1 : 2
    case WireType.newDecimal:
      precision = Int(metadata.byte())
      scale = Int(metadata.byte())
      guard precision >= 1, precision <= 65, scale <= 38, scale <= precision else { return nil }
    case WireType.bit:
      let bits = Int(metadata.byte())
      length = Int(metadata.byte()) + (bits > 0 ? 1 : 0)
      guard bits < 8, length >= 1, length <= 8 else { return nil }
    case WireType.enumeration, WireType.set:
      _ = metadata.byte()
      length = Int(metadata.byte())
    case WireType.string: readString(&metadata)
    default: break
    }
    if self.type == WireType.enumeration, length != 1, length != 2 { return nil }
    if self.type == WireType.set, length < 1 || length > 8 { return nil }
  }

  /// CHAR and BINARY of more than 255 bytes keep two bits of their length, inverted, in the byte of the type.
  private mutating func readString(_ metadata: inout EventBytes) {
    let first = metadata.byte()
    length = Int(metadata.byte())
    if first == WireType.enumeration || first == WireType.set {
      type = first
      return
    }
    if first & 0x30 != 0x30 { length |= Int((first & 0x30) ^ 0x30) << 4 }
    lengthSize = length < 256 ? 1 : 2
  }

  /// What its values are, as far as the table map tells.
  var kind: ColumnKind {
    switch type {
    case WireType.tiny, WireType.short, WireType.long, WireType.longlong, WireType.int24: .integer
    case WireType.newDecimal: .decimal
    case WireType.float: .float
    case WireType.double: .double
    case WireType.bit: .bit
    case WireType.year: .year
    case WireType.date, WireType.newDate: .date
    case WireType.time2: .time
    case WireType.datetime2: .datetime
    case WireType.timestamp2: .timestamp
    case WireType.enumeration: .enumeration
    case WireType.set: .set
    case WireType.json: .json
    case WireType.geometry: .geometry
    case WireType.vector: .bytes
    default: collation == 63 ? .bytes : .text
    }
  }

  /// Whether a column that somebody else says is of this kind can be this one.
  func fits(_ kind: ColumnKind) -> Bool {
    guard WireType.isCharacter(type) else { return kind == self.kind }
    let isBinary = collation.map { $0 == 63 }
    switch kind {
    case .text, .json: return isBinary != true
    case .bytes: return isBinary != false
    case .uuid: return type == WireType.string && length == 16 && isBinary != false
    case .inet: return type == WireType.string && (length == 4 || length == 16) && isBinary != false
    default: return false
    }
  }
}
