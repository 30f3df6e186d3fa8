import HearthConfig

/// Which keys a template can make: its fixed pieces in their order, with at least a byte where a column stands.
public struct KeyShape: Sendable {
  private let first: [UInt8]
  private let middle: [[UInt8]]
  private let last: [UInt8]
  private let hasColumns: Bool

  /// Of the keys of a template.
  public init(_ template: KeyTemplate) {
    let texts = template.fixedTexts
    first = Array(texts[0].utf8)
    hasColumns = texts.count > 1
    last = Array((texts.count > 1 ? texts[texts.count - 1] : "").utf8)
    middle = texts.count > 2 ? texts[1..<(texts.count - 1)].map { Array($0.utf8) } : []
  }

  /// The template can make the key.
  public func matches(_ key: UnsafeRawBufferPointer) -> Bool {
    if !hasColumns { return key.elementsEqual(first) }
    guard key.count >= first.count + last.count + 1 + middle.reduce(0, { $0 + $1.count + 1 }),
      key.starts(with: first), key.suffix(last.count).elementsEqual(last)
    else { return false }
    var at = first.count
    for piece in middle {
      var found = at + 1
      while found + piece.count <= key.count - last.count - 1,
        !key[found..<(found + piece.count)].elementsEqual(piece)
      { found += 1 }
      if found + piece.count > key.count - last.count - 1 { return false }
      at = found + piece.count
    }
    return true
  }
}

extension KeyTemplate {
  /// What stands before, between and behind the columns: one text more than there are columns, some may be empty.
  var fixedTexts: [String] {
    var texts = [""]
    for piece in pieces {
      switch piece {
      case .literal(let text): texts[texts.count - 1] += text
      case .column: texts.append("")
      }
    }
    return texts
  }
}
