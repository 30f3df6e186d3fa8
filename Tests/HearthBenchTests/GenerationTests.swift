import Testing

@testable import hearth_bench

@Suite struct GenerationTests {
  private func text(_ keys: Keyspace, _ key: UInt64) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let length = bytes.withUnsafeMutableBufferPointer { keys.view.writeKey(key, to: $0.baseAddress!) }
    return String(decoding: bytes[0..<length], as: UTF8.self)
  }

  @Test func keysBelongToTheGroupsThatAreBumped() {
    #expect(text(GenerationLoad.users, 0x1F) == "user:000000000000001f:x")
    let groups = Keyspace(prefix: "gen/user:", valueSize: .fixed(10), numeric: true)
    #expect(text(groups, 0x1F) == "gen/user:000000000000001f")
    #expect(text(Keyspace(prefix: "big:", valueSize: .fixed(8)), 1) == "big:0000000000000001")
    #expect(text(Keyspace(keySize: 18, valueSize: .fixed(8)), 1) == "he0000000000000001")
  }

  @Test func theCostIsARatioWithATarget() {
    let cost = BumpCost(
      groups: 100_000,
      samples: [
        BumpCost.Samples(depth: .all[0], untouched: [5, 4, 9], bumped: [5.25, 9, 4]),
        BumpCost.Samples(depth: .all[1], untouched: [1], bumped: [1.26]),
      ])
    #expect(cost.samples.map(\.isMet) == [true, false])
    let rows = cost.text.split(separator: "\n").map {
      $0.split(separator: "|").map { $0.filter { $0 != " " } }
    }
    #expect(rows[3] == ["depth1", "5.000", "5.250", "1.05", "1.05", "yes"])
    #expect(rows[4] == ["depth50", "1.000", "1.260", "1.26", "1.25", "no"])
  }

  /// memcached counts too, but only what has been stored.
  @Test func aServerWithoutGenerationsIsTold() throws {
    let server = FakeServer(answer: Array("NOT_FOUND\r\n".utf8), closes: false)
    defer { server.stop() }
    let bumper = Bumper(.unix(path: server.path), count: 1, interval: 1_000_000, probe: "get big:0")
    bumper.run()
    #expect(bumper.failure?.description == "incr gen/big 1: NOT_FOUND; a generation was expected")
    var plan = LoadPlan(endpoint: .unix(path: server.path))
    plan.keys = 1
    let failure = #expect(throws: SystemError.self) { try GenerationLoad.bumpUsers(plan, false) }
    #expect(failure?.description == "incr gen/user:NUMBER 1: NOT_FOUND; a generation was expected")
  }
}
