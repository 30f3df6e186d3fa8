/// How one column's values are passed over and shown: what the table map and the schema say, prepared for the loop over rows.
struct ColumnStep {
  enum Rendering: UInt8 {
    case signed
    case unsigned
    case float
    case double
    case decimal
    case bit
    case year
    case date
    case time
    case datetime
    case timestamp
    case inPlace
    case padded
    case converted
    case uuid
    case inet
    case geometry
    case json
    case enumeration
    case set
  }

  var rendering: Rendering
  /// Somebody asked for the column.
  var isWanted = true
  /// MariaDB's compressed columns: the value is packed once more.
  var isCompressed = false
  /// MySQL's JSON, which PARTIAL_UPDATE_ROWS may tell as changes only.
  var isBinaryJSON = false
  /// Bytes of the length before each value; 0: every value has `size` bytes.
  var lengthSize: UInt8 = 0
  var precision: UInt8 = 0
  var scale: UInt8 = 0
  /// Bytes of each value; BINARY and UUID, with a length before each: of the padded value.
  var size: Int32 = 0
  /// Which conversion, or which list of members.
  var index: Int32 = 0

  /// The step of a column that has been found to fit. Conversion and members are the caller's to fill in.
  init(_ wire: WireColumn, _ column: ColumnSchema) {
    lengthSize = UInt8(wire.lengthSize)
    precision = UInt8(wire.precision)
    scale = UInt8(wire.scale)
    size = Int32(wire.length)
    rendering = Self.rendering(column)
    isCompressed = wire.type == WireType.blobCompressed || wire.type == WireType.varcharCompressed
    switch wire.type {
    case WireType.tiny, WireType.year: size = 1
    case WireType.short: size = 2
    case WireType.int24, WireType.date, WireType.newDate: size = 3
    case WireType.long, WireType.float: size = 4
    case WireType.longlong, WireType.double: size = 8
    case WireType.newDecimal: size = Int32(DecimalText.size(precision: wire.precision, scale: wire.scale))
    case WireType.time2: size = Int32(3 + TemporalText.fractionSize(wire.precision))
    case WireType.datetime2: size = Int32(5 + TemporalText.fractionSize(wire.precision))
    case WireType.timestamp2: size = Int32(4 + TemporalText.fractionSize(wire.precision))
    case WireType.string where rendering == .inPlace && column.column.kind == .bytes: rendering = .padded
    case WireType.json:
      rendering = .json
      isBinaryJSON = true
    default: break
    }
  }

  private static func rendering(_ column: ColumnSchema) -> Rendering {
    switch column.column.kind {
    case .integer: column.isUnsigned ? .unsigned : .signed
    case .decimal: .decimal
    case .float: .float
    case .double: .double
    case .bit: .bit
    case .year: .year
    case .date: .date
    case .time: .time
    case .datetime: .datetime
    case .timestamp: .timestamp
    case .text, .json: column.characterSet.isUTF8 ? .inPlace : .converted
    case .bytes: .inPlace
    case .geometry: .geometry
    case .uuid: .uuid
    case .inet: .inet
    case .enumeration: .enumeration
    case .set: .set
    }
  }
}
