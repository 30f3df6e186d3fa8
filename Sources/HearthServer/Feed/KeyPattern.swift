import Glibc

/// The fixed pieces of a template of keys, `user:` and `:page:` and nothing for `user:{id}:page:{n}`. A key fits if the pieces
/// stand in it in this order, with something between them. Lives as long as the process.
struct KeyPattern {
  private let pieces: UnsafeMutableBufferPointer<UnsafeRawBufferPointer>

  /// One more piece than there are columns; the first and the last may be empty.
  init(_ texts: [String]) {
    pieces = .allocate(capacity: max(texts.count, 1))
    pieces.initialize(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
    for (i, text) in texts.enumerated() {
      let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(text.utf8.count, 1), alignment: 1)
      bytes.copyBytes(from: text.utf8)
      pieces[i] = UnsafeRawBufferPointer(start: bytes.baseAddress, count: text.utf8.count)
    }
  }

  func matches(_ key: UnsafeRawPointer, _ count: Int) -> Bool {
    let first = pieces[0]
    guard count >= first.count, equal(key, first) else { return false }
    if pieces.count == 1 { return count == first.count }
    var at = first.count
    for i in 1..<(pieces.count - 1) {
      // At least one byte of a column's value comes before.
      guard let found = find(pieces[i], in: key, from: at + 1, to: count) else { return false }
      at = found + pieces[i].count
    }
    let last = pieces[pieces.count - 1]
    return count - last.count > at && equal(key + (count - last.count), last)
  }

  private func equal(_ start: UnsafeRawPointer, _ piece: UnsafeRawBufferPointer) -> Bool {
    piece.count == 0 || memcmp(start, piece.baseAddress!, piece.count) == 0
  }

  private func find(_ piece: UnsafeRawBufferPointer, in key: UnsafeRawPointer, from: Int, to: Int) -> Int? {
    var at = from
    while at + piece.count <= to {
      if equal(key + at, piece) { return at }
      at += 1
    }
    return nil
  }
}
