import HearthFeed

/// How far a feed has filled its pools, as its runner tells it to the nodes that have copies of them.
struct FeedState {
  /// The view in which the run began that told it, and how often it had told something: of two states the one that is later counts.
  var run: UInt64 = 0
  var number: UInt64 = 0
  /// For each pool, by name, the word of `FedPool`.
  var readiness: [String: UInt64] = [:]
  /// Up to where the log is applied; nil: not everything is loaded.
  var place: FeedPlace?

  init() {}

  /// A pool is that far.
  mutating func note(_ word: UInt64, of pool: String) {
    readiness[pool] = word
    // It begins anew, wherever it had come to.
    if word != FedPool.ready { place = nil }
  }

  /// Takes what another one says of the pools alone.
  mutating func takeReadiness(of other: FeedState) {
    (run, number) = (other.run, other.number)
    for (pool, word) in other.readiness { note(word, of: pool) }
  }

  /// The same without the place.
  var withoutPlace: FeedState {
    var state = self
    state.place = nil
    return state
  }

  /// It was told later than another one, or is the same.
  func isAsNew(as other: FeedState) -> Bool { (run, number) >= (other.run, other.number) }

  /// Lines: `run VIEW NUMBER`, `pool NAME WORD` for each, and `place` with what follows it.
  var text: String {
    var text = "run \(run) \(number)\n"
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
      if words.count == 3, words[0] == "run", let run = UInt64(words[1]), let number = UInt64(words[2]) {
        (self.run, self.number) = (run, number)
        continue
      }
      guard words.count == 3, words[0] == "pool", let word = UInt64(words[2]) else { return nil }
      readiness[String(words[1])] = word
    }
  }
}
