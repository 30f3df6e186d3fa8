/// A table in Markdown, with its columns aligned so that it also reads well in a terminal.
struct MarkdownTable {
  private let header: [String]
  private var rows: [[String]] = []

  init(_ header: [String]) { self.header = header }

  mutating func add(_ row: [String]) {
    rows.append(row + Array(repeating: "", count: max(header.count - row.count, 0)))
  }

  /// The first column is left-aligned, the others, numbers, right-aligned.
  var text: String {
    let widths = header.indices.map { column in
      max(([header] + rows).map { $0[column].count }.max() ?? 0, 3)
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = widths.enumerated().map { column, width in
      column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
    }
    return ([line(header), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line))
      .joined(separator: "\n")
  }
}
