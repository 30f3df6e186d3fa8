import Testing

/// Copies are equal after everything.
@Suite("copies converge", .serialized)
struct CopiesConvergeTests {
  /// Writers through all nodes change the same keys in every way there is, without waiting for each other.
  @Test(arguments: [1, 2, 3])
  func `after writers through all nodes the copies are equal`(seed: UInt64) throws {
    let cluster = try TestCluster(copies: "[[a], [b], [c]]")
    let turns = Binaries.isSlow ? 4000 : 400
    let nodes = cluster.nodes
    try Threads.run(6) { thread in
      var random = SplitMix64(seed: seed &* 100 &+ UInt64(thread))
      let client = try nodes[thread % 3].connect()
      for turn in 0..<turns {
        let requests = (0..<1 + random.below(20)).map { _ in
          Self.request(&random, mayFlush: turn < turns / 2)
        }.joined()
        let said = try client.exchange(Array((requests + "mn\r\n").utf8), end: "MN\r\n")
        let text = String(decoding: said, as: UTF8.self)
        if client.hasEnded || text.contains("SERVER_ERROR") { throw TestFailure("\(requests): \(text)") }
      }
    }
    let keys = (0..<Self.keys).map { "key\($0)" } + (0..<10).map { "count\($0)" }
    let values = try cluster.values(keys, at: 0)
    #expect(values.contains("VALUE"))
    for other in 1..<3 {
      let differences = try cluster.differences(0, other)
      #expect(differences.isEmpty, "\(differences.prefix(5)) of \(differences.count)")
      #expect(try cluster.values(keys, at: other) == values)
    }
  }

  private static let keys = 60

  private static func request(_ random: inout SplitMix64, mayFlush: Bool) -> String {
    let key = "key\(random.below(keys))"
    let size = random.chance(0.02) ? random.below(60_000) : random.below(300)
    let value = String(repeating: String(UnicodeScalar(UInt8(97 + random.below(26)))), count: size)
    let quiet = random.chance(0.3) ? " noreply" : ""
    switch random.below(18) {
    case 0...3:
      return "set \(key) \(random.below(100)) \(random.pick([0, 0, 900])) \(size)\(quiet)\r\n\(value)\r\n"
    case 4: return "add \(key) 0 0 \(size)\(quiet)\r\n\(value)\r\n"
    case 5: return "replace \(key) 0 0 \(size)\(quiet)\r\n\(value)\r\n"
    case 6: return "append \(key) 0 0 3\(quiet)\r\nabc\r\n"
    case 7: return "prepend \(key) 0 0 3\(quiet)\r\nabc\r\n"
    case 8: return "delete \(key)\(quiet)\r\n"
    case 9: return "touch \(key) \(500 + random.below(1000))\(quiet)\r\n"
    case 10: return "gat \(random.below(3) * 700) \(key)\r\n"
    case 11: return "ma count\(random.below(10)) N0 D\(random.below(9)) v\r\n"
    case 12: return "incr count\(random.below(10)) 3\(quiet)\r\n"
    case 13:
      return
        "ms \(key) \(size) T\(random.below(2) * 800) M\(random.pick(["S", "A", "P", "R", "E"]))\r\n\(value)\r\n"
    case 14: return "mg \(key) t v N50 R30\r\n"
    case 15: return "md \(key) I T600\r\n"
    case 16: return "get \(key) key\(random.below(keys))\r\n"
    default: return mayFlush && random.chance(0.02) ? "flush_all\r\n" : "md \(key) q\r\n"
    }
  }
}
