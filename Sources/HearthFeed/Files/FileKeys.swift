import HearthConfig

/// Makes keys of paths.
struct FileKeys {
  private enum Piece {
    case literal([UInt8])
    case path
    case name
    case `extension`
  }

  private let pieces: [Piece]
  private let foreign: [[UInt8]]
  /// Different paths have different keys.
  let areUnique: Bool

  init(_ template: KeyTemplate, foreignPrefixes: [String]) {
    pieces = template.pieces.map { piece in
      switch piece {
      case .literal(let text): .literal(Array(text.utf8))
      case .column("name"): .name
      case .column("extension"): .extension
      case .column: .path
      }
    }
    foreign = foreignPrefixes.map { Array($0.utf8) }
    areUnique = pieces.contains { if case .path = $0 { true } else { false } }
  }

  /// The key of a file.
  /// - Parameter path: Below the root, no slash in front.
  func key(of path: [UInt8]) -> Result<[UInt8], KeyProblem> {
    let slash = path.lastIndex(of: UInt8(ascii: "/"))
    let file = path[(slash.map { $0 + 1 } ?? 0)...]
    let dot = file.lastIndex(of: UInt8(ascii: "."))
    var key: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .literal(let bytes): key += bytes
      case .path: Self.append(path[...], to: &key)
      case .name: Self.append(file[..<(dot ?? file.endIndex)], to: &key)
      case .extension: Self.append(dot.map { file[($0 + 1)...] } ?? [], to: &key)
      }
    }
    if key.isEmpty { return .failure(.empty) }
    if key.count > KeyTemplate.keyLimit { return .failure(.tooLong) }
    if foreign.contains(where: { key.starts(with: $0) }) { return .failure(.foreignPrefix) }
    return .success(key)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Bytes that no key may have as nginx's memcached module sends them: control characters, blanks and, so that nothing else looks
  /// like them, percent signs are written %XX. All others are sent as they are.
  private static func append(_ bytes: ArraySlice<UInt8>, to key: inout [UInt8]) {
    for byte in bytes {
      if byte > 32, byte != UInt8(ascii: "%") {
        key.append(byte)
      } else {
        key += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
