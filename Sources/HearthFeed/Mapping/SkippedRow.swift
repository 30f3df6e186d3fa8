import HearthConfig

/// A row that has no entry under a key, for people.
public struct SkippedRow: Sendable {
  /// As in `Mutation`.
  public let table: Int
  /// Of the key, the group or the list that it has none of.
  public let template: KeyTemplate
  /// Why.
  public let problem: KeyProblem
  /// Which row.
  public let row: String
}

extension TableMapping {
  /// Bytes of a column's text that a line shows.
  private static let shownBytes = 60

  /// The row's primary key as text; all columns of keys where there is none.
  func name(of row: borrowing RowImage) -> String {
    let primary = columns.indices.filter { columns[$0].primaryKeyPosition != nil }
    var texts: [String] = []
    for column in primary.isEmpty ? keyColumns : primary {
      texts.append("\(columns[column].name)=\(text(of: row, column))")
    }
    return texts.joined(separator: ", ")
  }

  private func text(of row: borrowing RowImage, _ column: Int) -> String {
    guard column < row.count, row[column].state == .value else { return "NULL" }
    let bytes = row[column].bytes
    let shown = String(decoding: bytes.prefix(Self.shownBytes), as: UTF8.self).unicodeScalars.map {
      $0.value < 32 || $0.value == 127 ? "?" : Character($0)
    }
    return String(shown) + (bytes.count > Self.shownBytes ? "..." : "")
  }
}
