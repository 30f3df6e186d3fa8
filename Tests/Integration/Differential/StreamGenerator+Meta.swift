extension StreamGenerator {
  /// A random choice of the flags, in random order. The token of a flag that takes an argument is made here.
  private mutating func tokens(_ letters: String, key: Int, rate: Double) -> [StreamCommand.Part] {
    var chosen = letters.filter { _ in random.chance(rate) }.map(String.init)
    chosen.shuffle(using: &random)
    if random.chance(0.02), let repeated = chosen.first { chosen.append(repeated) }
    if random.chance(0.02) { chosen.append(random.pick(["g", "y", "Tx", "Nx", "Cx"])) }
    return chosen.flatMap { letter -> [StreamCommand.Part] in
      switch letter {
      case "T", "N": [text(" \(letter)\(time())")]
      case "R": [text(" R\(random.pick(["30", "5000", "40000"]))")]
      case "O": [text(" O\(random.below(1000))")]
      case "F": [text(" F\(flags())")]
      case "D", "J": [text(" \(letter)\(number())")]
      case "C": [text(" C"), .cas(key: key, plus: random.pick(Self.casOffsets))]
      case "E": [text(" E\(1_000_000 * (1 + random.below(50)))")]
      default: [text(" \(letter)")]
      }
    }
  }

  private mutating func metaKey(_ key: Int) -> (name: StreamCommand.Part, flag: [StreamCommand.Part]) {
    random.chance(0.15) ? (.key(key, base64: true), [text(" b")]) : (.key(key), [])
  }

  /// Versions given by the client go to some keys and invalidations to others: which version is the older one is the
  /// servers' own matter when both meet.
  private func mark(_ key: Int) -> String { StreamKeys.texts.contains(key) && key != 4 ? "" : "E" }
  private func invalidation(_ key: Int) -> String { StreamKeys.texts.contains(key) && key != 4 ? "I" : "" }

  mutating func metaGet() -> StreamCommand {
    let key = random.below(StreamKeys.all.count)
    let (name, flag) = metaKey(key)
    // The size of a number is left out: memcached pads numbers that become shorter.
    // memcached forgets that a key was binary when mg or ma creates the item, so N comes with plain keys. It also
    // forgets who won and what is stale when a number becomes longer, so numbers get no such marks.
    let forTexts = StreamKeys.texts.contains(key) ? (flag.isEmpty ? "sRN" : "sR") : ""
    // Whether a number was read is forgotten by some increments of 1.6.18.
    let hit = StreamKeys.texts.contains(key) || peer.isCurrent ? "h" : ""
    let letters = "vktfclOquT" + hit + forTexts + (peer.isCurrent ? "C" + mark(key) : "")
    return StreamCommand([text("mg "), name] + flag + tokens(letters, key: key, rate: 0.25) + [text("\r\n")])
  }

  mutating func metaSet() -> StreamCommand {
    let isNumber = random.chance(0.2)
    let key = isNumber ? numberKey() : textKey()
    let (name, flag) = metaKey(key)
    let data = isNumber ? Array(number().utf8) : value()
    let modes =
      isNumber ? ["", "", " MS", " ME", " MR"] : ["", "", " MS", " ME", " MR", " MA", " MP", " Mx"]
    let mode = random.pick(modes)
    // 1.6.18 has neither N nor E nor s here, and takes nothing older with I.
    let letters = "kcOqFTC" + (peer.isCurrent ? (isNumber ? "Es" : "Ns" + invalidation(key) + mark(key)) : "")
    let surplus = random.chance(0.03) ? 1 + random.below(2) : 0
    return StreamCommand(
      [text("ms "), name, text(" \(data.count + surplus)\(mode)")] + flag
        + tokens(letters, key: key, rate: 0.2)
        + [text("\r\n"), .bytes(data), text(surplus > 0 ? "\r\nmn\r\n" : "\r\n")])
  }

  mutating func metaDelete() -> StreamCommand {
    let key = random.below(StreamKeys.all.count)
    let (name, flag) = metaKey(key)
    let letters = "kOqCT" + invalidation(key) + (peer.isCurrent ? mark(key) : "")
    // x alone keeps the version in memcached and changes it in hearthd, where every change does; so x comes with I.
    let emptied = peer.isCurrent && invalidation(key) == "I" && random.chance(0.2) ? [text(" I x")] : []
    return StreamCommand(
      [text("md "), name] + flag
        + tokens(emptied.isEmpty ? letters : letters.replacing("I", with: ""), key: key, rate: 0.25) + emptied
        + [text("\r\n")])
  }

  mutating func metaArithmetic() -> StreamCommand {
    let key = random.chance(0.9) ? numberKey() : textKey()
    let (name, flag) = metaKey(key)
    // 1.6.18 takes one letter for a mode, answers in spite of q when it creates the number, and forgets a new
    // expiry with some increments.
    let mode = random.pick(["", "", " MI", " M+", " MD", " M-", " Mx", peer.isCurrent ? " MIncr" : ""])
    let letters =
      "vkOtcDJC" + (peer.isCurrent ? "EqT" : "")
      + (flag.isEmpty && StreamKeys.numbers.contains(key) ? "N" : "")
    return StreamCommand(
      [text("ma "), name, text(mode)] + flag + tokens(letters, key: key, rate: 0.25) + [text("\r\n")])
  }
}
