/// The optional part of a table map (MySQL 8.0, MariaDB 10.5): signs and character sets, which go to the columns, and with
/// `binlog_row_metadata=FULL` names, members and the primary key. Type numbers from `Optional_metadata_field_type`.
struct TableMetadata {
  /// Names of the columns; empty: not told.
  private(set) var names: [String] = []
  /// Members of ENUM and SET columns, by column, in the column's character set.
  private(set) var members: [Int: [UnsafeRawBufferPointer]] = [:]
  /// Columns of the primary key in its order.
  private(set) var primaryKey: [Int] = []

  /// nil: damaged. Pointers are into the event.
  init?(_ columns: inout [WireColumn], _ reader: inout EventBytes, isMariaDB: Bool) {
    let numeric = columns.indices.filter { WireType.isNumeric(columns[$0].type) }
    // MariaDB counts GEOMETRY among the columns with a character set, MySQL does not.
    let character = columns.indices.filter {
      WireType.isCharacter(columns[$0].type) || (isMariaDB && columns[$0].type == WireType.geometry)
    }
    let enumerations = columns.indices.filter { columns[$0].type == WireType.enumeration }
    let sets = columns.indices.filter { columns[$0].type == WireType.set }
    let listed = columns.indices.filter {
      columns[$0].type == WireType.enumeration || columns[$0].type == WireType.set
    }
    while reader.left > 0 {
      let type = reader.byte()
      var field = EventBytes(reader.take(reader.count()))
      guard !reader.failed else { return nil }
      switch type {
      case 1:
        for (bit, column) in numeric.enumerated() {
          if bit % 8 == 0 { guard field.left > bit / 8 else { return nil } }
          columns[column].isUnsigned = field.bytes[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
        }
      case 2: Self.readDefaultCollation(of: character, &columns, &field)
      case 3: Self.readCollations(of: character, &columns, &field)
      case 10: Self.readDefaultCollation(of: listed, &columns, &field)
      case 11: Self.readCollations(of: listed, &columns, &field)
      case 4: readNames(count: columns.count, &field)
      case 5: readMembers(of: sets, &field)
      case 6: readMembers(of: enumerations, &field)
      case 8: readPrimaryKey(count: columns.count, withPrefixes: false, &field)
      case 9: readPrimaryKey(count: columns.count, withPrefixes: true, &field)
      // 7: geometry types, 12: visibility, 13: dimensions of vectors.
      default: break
      }
      guard !field.failed else { return nil }
    }
  }

  /// One collation, and pairs for the columns that have another.
  private static func readDefaultCollation(
    of some: [Int], _ columns: inout [WireColumn], _ field: inout EventBytes
  ) {
    let usual = Int(truncatingIfNeeded: field.packed())
    for column in some { columns[column].collation = usual }
    while field.left > 0 {
      let index = field.packed()
      let collation = Int(truncatingIfNeeded: field.packed())
      guard index < UInt64(some.count) else { return field.skip(.max) }
      columns[some[Int(index)]].collation = collation
    }
  }

  private static func readCollations(of some: [Int], _ columns: inout [WireColumn], _ field: inout EventBytes)
  {
    for column in some { columns[column].collation = Int(truncatingIfNeeded: field.packed()) }
  }

  private mutating func readNames(count: Int, _ field: inout EventBytes) {
    names.removeAll()
    for _ in 0..<count {
      names.append(String(decoding: field.take(field.count()), as: UTF8.self))
      if field.failed { return }
    }
  }

  private mutating func readMembers(of some: [Int], _ field: inout EventBytes) {
    for column in some {
      var list: [UnsafeRawBufferPointer] = []
      for _ in 0..<field.count() { list.append(field.take(field.count())) }
      if field.failed { return }
      members[column] = list
    }
  }

  /// Keys on the beginning of a column's value also carry that length.
  private mutating func readPrimaryKey(count: Int, withPrefixes: Bool, _ field: inout EventBytes) {
    primaryKey.removeAll()
    while field.left > 0 {
      let column = field.packed()
      if withPrefixes { _ = field.packed() }
      guard column < UInt64(count), primaryKey.count < count else { return field.skip(.max) }
      primaryKey.append(Int(column))
    }
  }
}
