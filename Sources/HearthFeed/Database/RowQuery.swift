/// The SELECTs that read a table's rows so that every value comes as its `ColumnKind` says.
struct RowQuery {
  private let list: String
  private let table: TableDefinition
  /// FLOAT and DOUBLE columns.
  private let approximate: [Int]

  init(_ table: TableDefinition) {
    self.table = table
    approximate = table.columns.indices.filter {
      table.columns[$0].kind == .float || table.columns[$0].kind == .double
    }
    list = table.columns.enumerated().map {
      Self.expression($0.element, isZeroFilled: table.zeroFilled.contains($0.offset))
    }.joined(separator: ", ")
  }

  /// A FLOAT comes as the DOUBLE of the same value, because the server shows only six digits of it: `normalize`
  /// makes it short again. The log knows no zeros in front.
  private static func expression(_ column: Column, isZeroFilled: Bool) -> String {
    let name = SQLText.name(column.name)
    if isZeroFilled { return "\(name) + 0" }
    switch column.kind {
    case .float: return "CAST(\(name) AS DOUBLE)"
    case .bit: return "\(name) + 0"
    case .geometry: return "ST_AsWKB(\(name))"
    default: return name
    }
  }

  /// Gives the numbers that the server shows in its own way the form of their kinds.
  func normalize(_ row: inout RowImage) {
    for i in approximate where row[i].state == .value {
      let bytes = row[i].bytes
      let text = String(decoding: bytes, as: UTF8.self)
      let room = row.room(FloatText.longest)
      let isFloat = table.columns[i].kind == .float
      guard let double = Double(text) else { continue }
      let count =
        isFloat ? FloatText.write(Float(double), to: room) : FloatText.write(double, to: room)
      row.set(i, RowValue(UnsafeRawBufferPointer(start: room, count: count)))
    }
  }

  /// The rows behind `last`, the values of the primary key of the last row read as SQL; at most `limit`, in the order of the
  /// primary key.
  func chunk(after last: [String]?, limit: Int) -> String {
    let key = table.primaryKey.map { SQLText.name(table.columns[$0].name) }
    var sql = "SELECT \(list) FROM \(table.name.sql)"
    if let last { sql += " WHERE \(Self.after(key, last))" }
    return sql + " ORDER BY \(key.joined(separator: ", ")) LIMIT \(limit)"
  }

  /// Some rows.
  func first(_ count: Int) -> String { "SELECT \(list) FROM \(table.name.sql) LIMIT \(count)" }

  /// All rows, of a table without a primary key.
  var all: String { "SELECT \(list) FROM \(table.name.sql)" }

  /// The row with this primary key.
  func row(_ values: [String]) -> String {
    let terms = zip(table.primaryKey, values).map { "\(SQLText.name(table.columns[$0].name)) = \($1)" }
    return "SELECT \(list) FROM \(table.name.sql) WHERE \(terms.joined(separator: " AND "))"
  }

  /// `(a, b) > (x, y)` in the form that both servers answer from the index.
  private static func after(_ key: [String], _ last: [String]) -> String {
    var terms: [String] = []
    for i in key.indices {
      let equal = (0..<i).map { "\(key[$0]) = \(last[$0])" }
      terms.append((equal + ["\(key[i]) > \(last[i])"]).joined(separator: " AND "))
    }
    if terms.count == 1 { return terms[0] }
    return "\(key[0]) >= \(last[0]) AND (" + terms.map { "(\($0))" }.joined(separator: " OR ") + ")"
  }

  /// The primary key of a row that was read, as SQL.
  func key(of row: borrowing RowImage) -> [String] {
    table.primaryKey.map { member(row[$0], table.schema.columns[$0]) }
  }

  /// ENUM and SET are sorted by their numbers, but compared with texts they are texts.
  private func member(_ value: RowValue, _ column: ColumnSchema) -> String {
    let text = String(decoding: value.bytes, as: UTF8.self)
    switch column.column.kind {
    case .enumeration: return "\((column.members.firstIndex(of: text) ?? -1) + 1)"
    case .set:
      var bits: UInt64 = 0
      for name in text.split(separator: ",") {
        if let bit = column.members.firstIndex(of: String(name)) { bits |= 1 << UInt64(bit) }
      }
      return "\(bits)"
    default: return Self.literal(value, column.column.kind)
    }
  }

  /// A value as SQL.
  static func literal(_ value: RowValue, _ kind: ColumnKind) -> String {
    if value.state != .value { return "NULL" }
    // A FLOAT is compared as the DOUBLE of its value, which has more digits.
    if kind == .float, let value = Float(String(decoding: value.bytes, as: UTF8.self)) {
      return "\(Double(value))"
    }
    if kind.isNumber { return String(decoding: value.bytes, as: UTF8.self) }
    if kind.isBinary { return SQLText.hex(value.bytes) }
    return SQLText.literal(String(decoding: value.bytes, as: UTF8.self))
  }
}
