extension ColumnSchema {
  /// From `information_schema.COLUMNS`: COLUMN_NAME, COLUMN_TYPE and CHARACTER_SET_NAME (nil for NULL); the position in the
  /// primary key, from 0 on, is in KEY_COLUMN_USAGE (ORDINAL_POSITION - 1). Read over a connection in utf8mb4.
  /// nil: a type that cannot be followed.
  public init?(name: String, columnType: String, characterSetName: String?, primaryKeyPosition: Int? = nil) {
    let bytes = Array(columnType.utf8)
    let parsed = bytes.withUnsafeBytes { Self.parse($0) }
    let characterSet: CharacterSet
    if let characterSetName {
      guard let known = CharacterSet(name: characterSetName) else { return nil }
      characterSet = known
    } else {
      characterSet = .binary
    }
    guard let kind = Self.kind(of: parsed.type, isText: characterSetName != nil && characterSet != .binary)
    else {
      return nil
    }
    self.init(
      Column(name: name, kind: kind, primaryKeyPosition: primaryKeyPosition), isUnsigned: parsed.isUnsigned,
      characterSet: characterSet, members: kind == .enumeration || kind == .set ? parsed.strings : [])
  }

  /// The type's name in small letters, the strings in its parentheses, and whether UNSIGNED (or ZEROFILL) follows.
  private static func parse(_ text: UnsafeRawBufferPointer) -> (
    type: String, strings: [String], isUnsigned: Bool
  ) {
    var scanner = SQLScanner(text)
    guard scanner.next() == .word else { return ("", [], false) }
    let type = scanner.text.lowercased()
    var strings: [String] = []
    var isUnsigned = false
    while true {
      switch scanner.next() {
      case .end: return (type, strings, isUnsigned)
      case .string: strings.append(scanner.text)
      case .word: isUnsigned = isUnsigned || scanner.isWord("UNSIGNED") || scanner.isWord("ZEROFILL")
      default: break
      }
    }
  }

  private static func kind(of type: String, isText: Bool) -> ColumnKind? {
    switch type {
    case "tinyint", "smallint", "mediumint", "int", "integer", "bigint", "bool", "boolean": .integer
    case "decimal", "numeric": .decimal
    case "float": .float
    case "double", "real": .double
    case "bit": .bit
    case "year": .year
    case "date": .date
    case "time": .time
    case "datetime": .datetime
    case "timestamp": .timestamp
    case "char", "varchar", "tinytext", "text", "mediumtext", "longtext": isText ? .text : .bytes
    case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "vector": .bytes
    case "enum": .enumeration
    case "set": .set
    case "json": .json
    case "uuid": .uuid
    case "inet4", "inet6": .inet
    case "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
      "geometrycollection", "geomcollection":
      .geometry
    default: nil
    }
  }
}
