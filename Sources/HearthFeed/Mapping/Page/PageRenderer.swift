import HearthConfig
import Mustache

/// Makes page fragments of rows with a Mustache template that was parsed once. This goes through strings: tens of
/// thousands of pages a second, not millions.
struct PageRenderer: Sendable {
  private struct Variable {
    var name: String
    var column: Int
    var kind: ColumnKind
    /// Tags that may show it.
    var uses: Int
  }

  private let template: MustacheTemplate
  private let variables: [Variable]

  /// The columns that it shows.
  var columns: [Int] { variables.map(\.column) }

  init(_ page: PageTemplate, _ names: ColumnNames) throws(MappingError) {
    var variables: [Variable] = []
    for (i, name) in page.columns.enumerated() {
      let column = try names.index(of: name, in: "\(page.path), line \(page.lines[i])")
      variables.append(
        Variable(name: name, column: column, kind: names.columns[column].kind, uses: page.uses[i]))
    }
    self.variables = variables
    HTMLText.register()
    do {
      // On a line of its own, so that the first line stays one.
      template = try MustacheTemplate(string: "{{% CONTENT_TYPE:\(HTMLText.name)}}\n\(page.text)")
    } catch {
      throw names.error(page.path, "it is not a Mustache template", "check that each section is closed")
    }
  }

  /// Appends the page; false when it has more than `limit` bytes.
  func write(_ row: borrowing RowImage, into buffer: inout RenderBuffer, limit: Int) -> Bool {
    var context: [String: Any] = [:]
    context.reserveCapacity(variables.count)
    /// What the page may come to before escaping: rendering must not take memory without bounds to find that out.
    var length = 0
    for variable in variables {
      let value = row[variable.column]
      // What is absent is false, and empty.
      guard value.state == .value else { continue }
      length += value.bytes.count * variable.uses
      // Some of its sections may be hidden.
      guard value.bytes.count <= limit, length / 4 <= limit else { return false }
      context[variable.name] = Self.content(value.bytes, variable.kind)
    }
    var page = template.render(context)
    return page.withUTF8 { page in
      guard page.count <= limit else { return false }
      buffer.append(UnsafeRawBufferPointer(page))
      return true
    }
  }

  /// Whole numbers stay numbers, for transforms such as `even`; decimals keep their digits as text.
  private static func content(_ bytes: UnsafeRawBufferPointer, _ kind: ColumnKind) -> Any {
    if kind.isBinary {
      var buffer = RenderBuffer(capacity: bytes.count * 2)
      buffer.appendBase64(bytes)
      return String(decoding: buffer.bytes, as: UTF8.self)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if kind == .integer || kind == .bit, let number = Int(text) { return number }
    return text
  }
}
