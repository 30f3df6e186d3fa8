/// What a column's values are, and so how they are shown. Whether they come from a SELECT or from a binlog event, their
/// bytes are the same text.
public enum ColumnKind: UInt8, Sendable, Equatable {
  /// TINYINT to BIGINT: decimal digits, with a sign or not as the column is declared. BOOLEAN is TINYINT(1).
  case integer
  /// DECIMAL: as declared, with all digits of its scale.
  case decimal
  /// FLOAT: the shortest text that reads back as the same 32-bit number, as Swift's `Float.description` without
  /// a trailing `.0`; with an exponent above 2^24.
  case float
  /// DOUBLE: the same for 64 bits.
  case double
  /// BIT: decimal digits of its unsigned value.
  case bit
  /// YEAR: four digits, `0000` for zero.
  case year
  /// `YYYY-MM-DD`, `0000-00-00` for zero.
  case date
  /// `[-]hh:mm:ss[.ffffff]`, hours with two or three digits, as many digits of the fraction as declared.
  case time
  /// `YYYY-MM-DD hh:mm:ss[.ffffff]`.
  case datetime
  /// The same, in UTC; `0000-00-00 00:00:00` for zero.
  case timestamp
  /// CHAR, VARCHAR, TEXT in UTF-8.
  case text
  /// The member's name in UTF-8; empty for the invalid value 0.
  case enumeration
  /// Names of the members in the order of their declaration, with commas.
  case set
  /// BINARY, VARBINARY, BLOB: as they are; BINARY is padded to its length with zero bytes.
  case bytes
  /// JSON text in UTF-8. MySQL's binary form is written the way MySQL shows it.
  case json
  /// Well-known binary, without the SRID.
  case geometry
  /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
  case uuid
  /// INET4, INET6: text.
  case inet
}

extension ColumnKind {
  /// JSON shows its text without quotes.
  public var isNumber: Bool {
    switch self {
    case .integer, .decimal, .float, .double, .bit, .year: true
    default: false
    }
  }

  /// Arbitrary bytes, which JSON shows in base64.
  public var isBinary: Bool { self == .bytes || self == .geometry }
}
