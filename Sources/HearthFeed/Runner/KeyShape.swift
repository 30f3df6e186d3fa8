import HearthConfig

/// Which keys a template can make: its fixed pieces in their order, and between them texts that its columns can have.
public struct KeyShape: Sendable {
  private enum Piece: Sendable {
    case literal([UInt8])
    /// Nil: nothing is known of it; it may be empty.
    case column(ColumnKind?, name: Int)
  }

  private let pieces: [Piece]
  /// The columns, each once, in the order in which `columns(of:)` tells them.
  let names: [String]

  /// Of the keys of a template.
  public init(_ template: KeyTemplate) { self.init(template, columns: []) }

  /// Of the keys of a template for a table with these columns: `user:{id}` does not make `user:name:ada` where `id` is a number.
  init(_ template: KeyTemplate, columns: [Column]) {
    let names = template.columns
    self.names = names
    pieces = template.pieces.map { piece in
      switch piece {
      case .literal(let text): .literal(Array(text.utf8))
      case .column(let name):
        .column(columns.first { $0.name == name }?.kind, name: names.firstIndex(of: name) ?? 0)
      }
    }
  }

  /// What all keys of these shapes begin with.
  static func commonPrefix(_ shapes: [KeyShape]) -> [UInt8] {
    let prefixes: [[UInt8]] = shapes.map { shape in
      if case .literal(let text) = shape.pieces.first { text } else { [] }
    }
    guard var common = prefixes.first else { return [] }
    for prefix in prefixes {
      let length = zip(common, prefix).prefix { pair in pair.0 == pair.1 }.count
      common.removeLast(common.count - length)
    }
    return common
  }

  /// The template can make the key.
  public func matches(_ key: UnsafeRawBufferPointer) -> Bool {
    if case .literal(let first) = pieces.first, !key.starts(with: first) { return false }
    var columns = [Range<Int>?](repeating: nil, count: names.count)
    var steps = Self.stepLimit
    return match(0, key, 0, &columns, &steps)
  }

  /// The columns' texts that make the key, where it tells them; nil: the template cannot make it.
  func columns(of key: UnsafeRawBufferPointer) -> [[UInt8]]? {
    if case .literal(let first) = pieces.first, !key.starts(with: first) { return nil }
    var columns = [Range<Int>?](repeating: nil, count: names.count)
    var steps = Self.stepLimit
    guard match(0, key, 0, &columns, &steps) else { return nil }
    return columns.map { range in range.map { Array(key[$0]) } ?? [] }
  }

  /// Tries, after which a key that somebody made to be hard to divide counts as none of the template's.
  private static let stepLimit = 20_000

  /// Tries the shortest text for each column first.
  private func match(
    _ index: Int, _ key: UnsafeRawBufferPointer, _ at: Int, _ columns: inout [Range<Int>?], _ steps: inout Int
  ) -> Bool {
    guard index < pieces.count else { return at == key.count }
    steps -= 1
    if steps < 0 { return false }
    switch pieces[index] {
    case .literal(let text):
      return key[at...].starts(with: text) && match(index + 1, key, at + text.count, &columns, &steps)
    case .column(let kind, let name):
      if let known = columns[name] {
        return key[at...].starts(with: key[known])
          && match(index + 1, key, at + known.count, &columns, &steps)
      }
      var end = at
      while true {
        if Self.isPossible(key[at..<end], kind) {
          columns[name] = at..<end
          if match(index + 1, key, end, &columns, &steps) { return true }
          columns[name] = nil
        }
        guard end < key.count, steps > 0, Self.isPossible(key[end], kind) else { return false }
        end += 1
      }
    }
  }

  /// A column of this kind can have the text.
  private static func isPossible(_ text: Slice<UnsafeRawBufferPointer>, _ kind: ColumnKind?) -> Bool {
    switch kind {
    case nil, .text, .bytes, .enumeration, .set, .json, .geometry: true
    case .uuid: text.count == 36
    default: !text.isEmpty
    }
  }

  /// The byte can be in the text of such a column.
  @inline(__always)
  private static func isPossible(_ byte: UInt8, _ kind: ColumnKind?) -> Bool {
    let isDigit = byte &- UInt8(ascii: "0") < 10
    switch kind {
    case .bit, .year: return isDigit
    case .integer, .date: return isDigit || byte == UInt8(ascii: "-")
    case .decimal: return isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    case .uuid: return isDigit || byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "a") < 6
    default: return true
    }
  }
}
