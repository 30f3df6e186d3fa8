import HearthConfig
import Mustache

/// Makes page fragments of rows with a Mustache template that was parsed once. This goes through strings: tens of
/// thousands of pages a second, not millions.
struct PageRenderer: Sendable {
  private struct Variable {
    var name: String
    var column: Int
    var kind: ColumnKind
  }

  private let template: MustacheTemplate
  private let variables: [Variable]

  /// The columns that it shows.
  var columns: [Int] { variables.map(\.column) }

  init(_ page: PageTemplate, _ names: ColumnNames) throws(MappingError) {
    var variables: [Variable] = []
    for (name, line) in zip(page.columns, page.lines) {
      let column = try names.index(of: name, in: "\(page.path), line \(line)")
      variables.append(Variable(name: name, column: column, kind: names.columns[column].kind))
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
    for variable in variables {
      let value = row[variable.column]
      // What is absent is false, and empty.
      guard value.state == .value else { continue }
      guard value.bytes.count <= limit else { return false }
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
