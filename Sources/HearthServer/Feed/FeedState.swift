import HearthFeed

/// How far a feed has filled its pools, as its runner tells it to the nodes that have copies of them.
struct FeedState {
  /// For each pool, by name, the word of `FedPool`.
  var readiness: [String: UInt64] = [:]
  /// Up to where the log is applied; nil: not everything is loaded.
  var place: FeedPlace?

  init() {}

  /// Lines: `pool NAME WORD` for each, and `place` with what follows it.
  var text: String {
    var text = ""
    for (pool, word) in readiness { text += "pool \(pool) \(word)\n" }
    if let place { text += "place\n" + place.text }
    return text
  }

  /// Nil: that is no state.
  init?(text: String) {
    var rest = text[...]
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: "\n") else { return nil }
      let words = rest[..<end].split(separator: " ")
      rest = rest[rest.index(after: end)...]
      if words == ["place"] {
        guard let place = FeedPlace(text: rest) else { return nil }
        self.place = place
        return
      }
      guard words.count == 3, words[0] == "pool", let word = UInt64(words[2]) else { return nil }
      readiness[String(words[1])] = word
    }
  }
}
