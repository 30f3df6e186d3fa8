/// Why a row has no entry under a key.
public enum KeyProblem: UInt8, Error, Sendable, CaseIterable {
  /// A column of the key is NULL.
  case null
  /// The key would have no bytes.
  case empty
  /// It would have more than 250.
  case tooLong
  /// It would have a blank or a control character in it.
  case invalidByte
  /// It begins with the prefix of another pool, or of groups' counters.
  case foreignPrefix
  /// The row's image does not have a column of the key: `binlog_row_image` is not FULL.
  case columnMissing
  /// The value has more bytes than an item of the pool may.
  case valueTooLarge

  /// For people.
  var reason: String {
    switch self {
    case .null: "a column of the key is NULL"
    case .empty: "the key would be empty"
    case .tooLong: "the key would be longer than 250 bytes"
    case .invalidByte: "the key would have a blank or a control character in it"
    case .foreignPrefix: "the key would belong to another pool, or to groups' counters"
    case .columnMissing: "the log does not tell a column of the key: set binlog_row_image=FULL"
    case .valueTooLarge: "the value is larger than an item may be"
    }
  }

  /// What it is, for a log or a metric's label.
  public var name: String {
    switch self {
    case .null: "null_in_key"
    case .empty: "empty_key"
    case .tooLong: "key_too_long"
    case .invalidByte: "invalid_byte_in_key"
    case .foreignPrefix: "key_of_another_pool"
    case .columnMissing: "column_missing"
    case .valueTooLarge: "value_too_large"
    }
  }
}
