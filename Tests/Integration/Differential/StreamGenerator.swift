/// Makes command streams: classic and meta, valid and mangled, the same for the same seed.
struct StreamGenerator {
  var random: SplitMix64
  /// memcached 1.6.18 lacks what came later; a peer of today takes everything.
  let peer: PeerVersion

  init(seed: UInt64, peer: PeerVersion) {
    random = SplitMix64(seed: seed)
    self.peer = peer
  }

  /// Some bursts; each is sent in one go, and between them the state of all keys is compared.
  mutating func bursts() -> [[StreamCommand]] {
    (0..<1 + random.below(4)).map { _ in (0..<1 + random.below(25)).map { _ in command() } }
  }

  private mutating func command() -> StreamCommand {
    switch random.below(100) {
    case ..<14: retrieval()
    case ..<40: storage()
    case ..<49: arithmetic()
    case ..<56: oneKey()
    case ..<68: metaGet()
    case ..<80: metaSet()
    case ..<86: metaDelete()
    case ..<92: metaArithmetic()
    case ..<94: mangled(other())
    default: other()
    }
  }

  // ---- pieces ----

  /// Mostly the right version; else one that is surely older or newer.
  static let casOffsets = [0, 0, 0, 1_000_000_007, -1_000_000_007]

  mutating func key() -> StreamCommand.Part { .key(random.below(StreamKeys.all.count)) }

  mutating func textKey() -> Int { random.pick(Array(StreamKeys.texts)) }

  mutating func numberKey() -> Int { random.pick(Array(StreamKeys.numbers)) }

  /// Lives so long that no tick of the clock during a run shows, or none at all.
  mutating func time() -> String { random.pick(["0", "0", "0", "1000", "30000", "2000000", "-1"]) }

  mutating func flags() -> String { random.pick(["0", "0", "0", "1", "77", "65536", "4294967295"]) }

  mutating func value() -> [UInt8] {
    let count = random.pick([0, 1, 2, 3, 7, 8, 20, 100, 300, random.below(3000)])
    if random.chance(0.1) { return (0..<count).map { _ in UInt8(random.below(256)) } }
    return (0..<count).map { _ in UInt8(97 + random.below(26)) }
  }

  mutating func number() -> String {
    random.pick(["0", "1", "9", "10", "99", "100", "12345", "18446744073709551614", "18446744073709551615"])
  }

  mutating func noreply() -> String { random.chance(0.1) ? " noreply" : "" }

  func text(_ text: String) -> StreamCommand.Part { .bytes(Array(text.utf8)) }

  // ---- classic ----

  private mutating func retrieval() -> StreamCommand {
    var parts = [text(random.pick(["get", "get", "gets", "gat \(time())", "gats \(time())"]))]
    for _ in 0..<1 + random.below(4) { parts += [text(random.chance(0.05) ? "  " : " "), key()] }
    return StreamCommand(parts + [text(random.chance(0.1) ? "\n" : "\r\n")])
  }

  private mutating func storage() -> StreamCommand {
    let isNumber = random.chance(0.25)
    let verbs =
      isNumber
      ? ["set", "set", "add", "replace"] : ["set", "set", "add", "replace", "append", "prepend", "cas"]
    let verb = random.pick(verbs)
    let key = isNumber ? numberKey() : textKey()
    let data = isNumber ? Array(number().utf8) : value()
    var count = data.count
    // A length that does not match the data.
    let isWrong = !isNumber && random.chance(0.05)
    if isWrong { count = max(0, count + random.pick([-2, -1, 1, 2])) }
    var parts = [text("\(verb) "), .key(key), text(" \(flags()) \(time()) \(count)")]
    if verb == "cas" { parts += [text(" "), .cas(key: key, plus: random.pick(Self.casOffsets))] }
    return StreamCommand(
      parts + [text("\(noreply())\r\n"), .bytes(data), text(isWrong ? "\r\nmn\r\n" : "\r\n")])
  }

  private mutating func arithmetic() -> StreamCommand {
    let delta = random.pick([number(), number(), "1", "2", "-1", "x", ""])
    let key = random.chance(0.9) ? numberKey() : textKey()
    return StreamCommand([
      text(random.pick(["incr ", "decr "])), .key(key),
      text(" \(delta)\(delta.isEmpty ? "" : noreply())\r\n"),
    ])
  }

  private mutating func oneKey() -> StreamCommand {
    switch random.below(3) {
    case 0: StreamCommand([text("touch "), key(), text(" \(time())\(noreply())\r\n")])
    case 1: StreamCommand([text("delete "), key(), text("\(noreply())\r\n")])
    default: StreamCommand([text("delete "), key(), text(" 0\(noreply())\r\n")])
    }
  }

  private mutating func other() -> StreamCommand {
    let long = String(repeating: "k", count: 251)
    // No retrieval with it: memcached then loses the replies before, and 1.6.45 sends empty lines.
    return StreamCommand([
      text(
        random.pick([
          "mn", "verbosity 1", "nonsense", "GET a", "delete \(long)",
          "touch \(long) 0",
          "incr \(long) 1", "mg \(long) v", "md \(long)", "ma \(long)", "touch x y", "gat y x", "get", "incr",
          "decr n",
          "delete", "touch", "mg", "md", "ma", "set a b c d", "set a 0 0", "set a 0 0 -1", "set a 0 0 x",
          "set", "ms",
          // No delay: a delayed flush makes memcached forget another one of the same second.
          "verbosity 1 noreply", "flush_all", "flush_all noreply", "flush_all x", "xy",
          "stats nonsense",
          "mg \(String(repeating: "k", count: 250)) v", "cas a 0 0 -1 1", "ma zz MX", "mg zz OO k v",
        ]) + "\r\n")
    ])
  }

  /// Takes away, changes or adds a byte. No line of a storage command: where 1.6.18 does not swallow the data the
  /// streams would part, and no meta command, whose flags it reads another way.
  private mutating func mangled(_ command: StreamCommand) -> StreamCommand {
    var command = command
    guard case .bytes(var bytes) = command.parts[0], bytes.count > 4 else { return command }
    let isDelicate = ["set", "add", "rep", "app", "pre", "cas", "m"].contains {
      bytes.starts(with: Array($0.utf8))
    }
    // 1.6.45 does not answer an unknown word with noreply behind it, and takes a lone - for 0.
    if command.parts.contains(where: { part in
      if case .bytes(let bytes) = part {
        printable(bytes).contains("noreply") || bytes.contains(45)
      } else {
        false
      }
    }) {
      return command
    }
    // No zero byte: for 1.6.18 a key ends there.
    let noise: [UInt8] = [32, 1, 120, 48, 57, 126, 255]
    let position = 1 + random.below(bytes.count - 3)
    if isDelicate, !peer.isCurrent { return command }
    switch random.below(3) {
    case 0: bytes.remove(at: position)
    case 1: bytes[position] = random.pick(noise)
    default: bytes.insert(random.pick(noise), at: position)
    }
    command.parts[0] = .bytes(bytes)
    return command
  }
}
