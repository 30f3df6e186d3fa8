/// Columns for people: the first ones on the left, numbers on the right.
struct Table {
  private let header: [String]
  /// Columns from the left that hold words.
  private let words: Int
  private var rows: [[String]] = []

  init(_ header: [String], words: Int) {
    self.header = header
    self.words = words
  }

  /// As many cells as the header has.
  mutating func add(_ row: [String]) { rows.append(row) }

  var text: String {
    let lines = [header] + rows
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { cells in
      cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return column < words ? cells[column] + space : space + cells[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
