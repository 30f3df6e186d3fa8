/// The candidate that a mistyped word most likely means; nil when none is near. Levenshtein distance, at most a third
/// of the word's length (one for short words).
package func nearestWord(to word: String, in candidates: [String]) -> String? {
  let typed = Array(word.lowercased().utf8)
  guard typed.count <= 64 else { return nil }
  let limit = max(1, typed.count / 3)
  let ranked = candidates.map { ($0, distance(typed, Array($0.utf8))) }
  return ranked.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
}

private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, byte) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let substituted = diagonal + (byte == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
