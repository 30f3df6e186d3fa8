import CMariaDB

extension ColumnKind {
  /// Of a column of an answer. FLOAT and DOUBLE count as DECIMAL: the server has made text of them already.
  init(_ field: MYSQL_FIELD) {
    // Character set 63 is `binary`.
    let isBinary = field.charsetnr == 63
    switch field.type {
    case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG:
      self = .integer
    case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL, MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: self = .decimal
    case MYSQL_TYPE_YEAR: self = .year
    case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE: self = .date
    case MYSQL_TYPE_TIME, MYSQL_TYPE_TIME2: self = .time
    case MYSQL_TYPE_DATETIME, MYSQL_TYPE_DATETIME2: self = .datetime
    case MYSQL_TYPE_TIMESTAMP, MYSQL_TYPE_TIMESTAMP2: self = .timestamp
    case MYSQL_TYPE_JSON: self = .json
    case MYSQL_TYPE_BIT, MYSQL_TYPE_GEOMETRY: self = .bytes
    default: self = isBinary ? .bytes : .text
    }
  }
}
