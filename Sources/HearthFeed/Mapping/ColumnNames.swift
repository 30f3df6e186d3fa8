import HearthConfig

/// Finds the columns of a table by name, as the database does: without regard to case.
struct ColumnNames {
  let table: String
  let columns: [Column]
  private let byName: [String: Int]

  init(table: String, columns: [Column]) {
    self.table = table
    self.columns = columns
    byName = Dictionary(
      columns.enumerated().map { ($0.element.name.lowercased(), $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The index of a column; `place` is for the error: the key in the configuration.
  func index(of name: String, in place: String) throws(MappingError) -> Int {
    if let index = byName[name.lowercased()] { return index }
    let near = nearestWord(to: name, in: columns.map { $0.name.lowercased() }).flatMap { byName[$0] }
    let all = columns.prefix(30).map(\.name).joined(separator: ", ") + (columns.count > 30 ? ", ..." : "")
    throw error(
      place, "there is no column \(quoted(name))",
      near.map { "did you mean \(columns[$0].name)?" } ?? "the columns are \(all)")
  }

  /// The one form of every error: where, what is wrong, what to do.
  func error(_ place: String, _ problem: String, _ remedy: String) -> MappingError {
    MappingError("table \(table): \(place): \(problem); \(remedy)")
  }
}
