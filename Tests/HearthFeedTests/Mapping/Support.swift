import HearthConfig

@testable import HearthFeed

/// One value of a row in a test.
enum Cell: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
  case bytes([UInt8])
  case null
  case absent

  init(stringLiteral text: String) { self = .bytes(Array(text.utf8)) }
  init(integerLiteral number: Int) { self = .bytes(Array(String(number).utf8)) }
  init(nilLiteral: ()) { self = .null }
  init(_ text: String) { self = .bytes(Array(text.utf8)) }
}

/// A row with these values.
func row(_ cells: [Cell]) -> RowImage {
  var image = RowImage()
  image.begin(columns: cells.count)
  for (i, cell) in cells.enumerated() {
    switch cell {
    case .bytes(let bytes):
      let room = image.room(bytes.count)
      room.copyMemory(from: bytes, byteCount: bytes.count)
      image.set(i, RowValue(UnsafeRawBufferPointer(start: room, count: bytes.count)))
    case .null: image.set(i, RowValue(.null))
    case .absent: break
    }
  }
  return image
}

func row(_ cells: Cell...) -> RowImage { row(cells) }

func cells(_ cells: Cell...) -> [Cell] { cells }

/// A table `d.t` in the pool `p`; entries by key with the whole row in JSON.
func table(
  _ keys: String..., where condition: String? = nil, bump: [String] = [], requery: [(String, String)] = []
) throws -> TableConfiguration {
  var table = TableConfiguration(database: "d", table: "t", pool: "p")
  for key in keys { table.entries.append(EntryConfiguration(key: try KeyTemplate(key))) }
  if let condition { table.filter = try RowCondition(condition) }
  for group in bump { table.bumps.append(try KeyTemplate(group)) }
  for (key, sql) in requery {
    table.requeries.append(RequeryConfiguration(key: try KeyTemplate(key), statement: try QueryTemplate(sql)))
  }
  return table
}

/// Columns as `id:integer:key name:text`.
func columns(_ list: String) -> [Column] {
  let kinds: [(String, ColumnKind)] = [
    ("integer", .integer), ("decimal", .decimal), ("float", .float), ("double", .double), ("bit", .bit),
    ("year", .year), ("date", .date), ("time", .time), ("datetime", .datetime), ("timestamp", .timestamp),
    ("text", .text), ("enum", .enumeration), ("set", .set), ("bytes", .bytes), ("json", .json),
    ("geometry", .geometry), ("uuid", .uuid), ("inet", .inet),
  ]
  return list.split(separator: " ").map { item in
    let parts = item.split(separator: ":").map(String.init)
    let kind = kinds.first { $0.0 == parts[1] }!.1
    return Column(name: parts[0], kind: kind, primaryKeyPosition: parts.count > 2 ? 0 : nil)
  }
}

/// The changes as lines, as in `store user:1 {"id":1}`.
func lines(_ effects: borrowing RowEffects) -> [String] {
  var lines: [String] = []
  for mutation in effects.mutations {
    var line = "\(mutation.kind) \(String(decoding: effects.key(of: mutation), as: UTF8.self))"
    if mutation.kind == .store { line += " \(String(decoding: effects.value(of: mutation), as: UTF8.self))" }
    for i in 0..<mutation.parameterCount {
      line += " [\(String(decoding: effects.parameter(i, of: mutation), as: UTF8.self))]"
    }
    lines.append(line)
  }
  return lines
}

/// The line that refuses a mapping; nil: it is accepted.
func refusal(_ configuration: TableConfiguration, _ columns: [Column]) -> String? {
  do throws(MappingError) {
    _ = try TableMapping(configuration, id: 0, columns: columns)
    return nil
  } catch {
    return error.message
  }
}

extension RenderBuffer {
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
