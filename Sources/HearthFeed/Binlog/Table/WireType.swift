/// Types of columns as table maps carry them (`enum_field_types`).
enum WireType {
  static let decimalOld: UInt8 = 0
  static let tiny: UInt8 = 1
  static let short: UInt8 = 2
  static let long: UInt8 = 3
  static let float: UInt8 = 4
  static let double: UInt8 = 5
  static let null: UInt8 = 6
  static let timestampOld: UInt8 = 7
  static let longlong: UInt8 = 8
  static let int24: UInt8 = 9
  static let date: UInt8 = 10
  static let timeOld: UInt8 = 11
  static let datetimeOld: UInt8 = 12
  static let year: UInt8 = 13
  static let newDate: UInt8 = 14
  static let varchar: UInt8 = 15
  static let bit: UInt8 = 16
  static let timestamp2: UInt8 = 17
  static let datetime2: UInt8 = 18
  static let time2: UInt8 = 19
  static let typedArray: UInt8 = 20
  /// MariaDB: compressed columns.
  static let blobCompressed: UInt8 = 140
  static let varcharCompressed: UInt8 = 141
  static let vector: UInt8 = 242
  static let json: UInt8 = 245
  static let newDecimal: UInt8 = 246
  static let enumeration: UInt8 = 247
  static let set: UInt8 = 248
  static let tinyBlob: UInt8 = 249
  static let mediumBlob: UInt8 = 250
  static let longBlob: UInt8 = 251
  static let blob: UInt8 = 252
  static let varString: UInt8 = 253
  static let string: UInt8 = 254
  static let geometry: UInt8 = 255

  /// Bytes of metadata in a table map; nil: not known, so no column after it can be read.
  static func metadataSize(_ type: UInt8) -> Int? {
    switch type {
    case decimalOld, tiny, short, long, null, timestampOld, longlong, int24, date, timeOld, datetimeOld, year,
      newDate:
      0
    case float, double, timestamp2, datetime2, time2, blobCompressed, vector, json, tinyBlob, mediumBlob,
      longBlob,
      blob, geometry:
      1
    case varchar, bit, varcharCompressed, newDecimal, enumeration, set, varString, string: 2
    default: nil
    }
  }

  /// Why rows with a column of this type are not read; nil: they are.
  static func refusal(_ type: UInt8) -> String? {
    switch type {
    case timestampOld:
      "is a TIMESTAMP in the format before MySQL 5.6, which lacks its precision: ALTER TABLE .. FORCE"
    case timeOld: "is a TIME in the format before MySQL 5.6, which lacks its precision: ALTER TABLE .. FORCE"
    case datetimeOld:
      "is a DATETIME in the format before MySQL 5.6, which lacks its precision: ALTER TABLE .. FORCE"
    case decimalOld: "is a DECIMAL in the format before MySQL 5.0: ALTER TABLE .. FORCE"
    case typedArray: "belongs to a multi-valued index (typed array), which is not supported"
    default: metadataSize(type) == nil ? "has the unknown type \(type)" : nil
    }
  }

  /// Columns that have a bit in the signedness metadata: YEAR has one, BIT has not.
  static func isNumeric(_ type: UInt8) -> Bool {
    switch type {
    case tiny, short, long, float, double, longlong, int24, year, newDecimal: true
    default: false
    }
  }

  /// Columns that have an entry in the character set metadata.
  static func isCharacter(_ type: UInt8) -> Bool {
    switch type {
    case varchar, varString, string, tinyBlob, mediumBlob, longBlob, blob, blobCompressed, varcharCompressed:
      true
    default: false
    }
  }
}
