/// The version of the memcached to compare with.
struct PeerVersion: Comparable {
  let numbers: [Int]

  init(_ reply: String) {
    let version = reply.replacing("VERSION ", with: "").replacing("\r\n", with: "")
    numbers = version.split(separator: ".").map { Int($0) ?? 0 }
  }

  static func < (a: PeerVersion, b: PeerVersion) -> Bool { a.numbers.lexicographicallyPrecedes(b.numbers) }

  /// From here on it has `ms E`, `md x` and all that hearthd follows.
  var isCurrent: Bool { self >= PeerVersion("1.6.40") }
}
