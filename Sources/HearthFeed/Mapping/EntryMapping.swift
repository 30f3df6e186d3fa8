import HearthConfig

/// How rows become the values of one entry.
final class EntryMapping: Sendable {
  enum Form: Sendable {
    case json(JSONObjectWriter)
    case column(Int)
    case page(PageRenderer)
  }

  /// What became of a value.
  enum Outcome {
    case written
    /// The row has none: its column is NULL.
    case nothing
    case tooLarge
  }

  let key: KeyRenderer
  let form: Form
  let ttl: UInt32
  let flags: UInt32
  let isKeptOnDelete: Bool
  /// The columns that the value is made of.
  let valueColumns: [Int]

  init(
    _ entry: EntryConfiguration, foreignPrefixes: [String], _ names: ColumnNames
  ) throws(MappingError) {
    let place = "key \(quoted(entry.key.description))"
    key = try KeyRenderer(entry.key, foreignPrefixes: foreignPrefixes) { (name) throws(MappingError) in
      try names.index(of: name, in: place)
    }
    switch entry.value {
    case .json(let written):
      var chosen: [Int] = []
      for name in written { chosen.append(try names.index(of: name, in: "\(place): value")) }
      if chosen.isEmpty { chosen = Array(names.columns.indices) }
      form = .json(JSONObjectWriter(columns: names.columns, chosen: chosen))
      valueColumns = chosen
    case .column(let name):
      let column = try names.index(of: name, in: "\(place): value")
      form = .column(column)
      valueColumns = [column]
    case .page(let page):
      let renderer = try PageRenderer(page, names)
      form = .page(renderer)
      valueColumns = renderer.columns
    }
    ttl = entry.ttl
    flags = entry.flags
    isKeptOnDelete = entry.onDelete == .keep
  }

  /// Appends the value.
  func write(_ row: borrowing RowImage, into buffer: inout RenderBuffer, limit: Int) -> Outcome {
    switch form {
    case .json(let writer): return writer.write(row, into: &buffer, limit: limit) ? .written : .tooLarge
    case .column(let column):
      let value = row[column]
      guard value.state == .value else { return .nothing }
      guard value.bytes.count <= limit else { return .tooLarge }
      buffer.append(value.bytes)
      return .written
    case .page(let page): return page.write(row, into: &buffer, limit: limit) ? .written : .tooLarge
    }
  }
}
