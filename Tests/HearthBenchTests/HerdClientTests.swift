import Testing

@testable import hearth_bench

@Suite struct HerdClientTests {
  private static let value = HerdValue(ticket: 7, computedAt: 1000)
  private static let hit = "VALUE k 0 \(HerdValue.size)\r\n" + text(value) + "\r\nEND\r\n"

  private static func text(_ value: HerdValue) -> String { String(decoding: value.bytes, as: UTF8.self) }

  private func parse(_ reply: String) -> HerdReply? {
    Array(reply.utf8).withUnsafeBufferPointer { HerdReply.parse($0, key: "k") }
  }

  @Test func aHitIsFollowedByAPause() {
    var client = HerdClient()
    #expect(client.due(now: 5000) == .get)
    #expect(client.due(now: 5001) == .nothing)
    #expect(client.receive(.hit(Self.value), now: 6000) == .hit(wait: 1000, age: 5000))
    #expect(client.state == .pausing)
    #expect(client.due(now: 7000) == .get)
  }

  @Test func aMissIsComputedAndStored() {
    var client = HerdClient()
    _ = client.due(now: 100)
    #expect(client.receive(.miss, now: 130) == .miss(wait: 30))
    client.compute(ticket: 4, now: 130)
    #expect(client.due(now: 330) == .set(ticket: 4, value: HerdValue(ticket: 4, computedAt: 130)))
    #expect(client.receive(.stored, now: 340) == .stored(wait: 240))
    #expect(client.state == .pausing)
  }

  @Test func repliesOfTheWrongKindEndTheConnection() {
    var reading = HerdClient()
    #expect(reading.receive(.miss, now: 1) == .wrong("a reply of another kind than asked for"))
    _ = reading.due(now: 2)
    #expect(reading.receive(.stored, now: 3) == .wrong("a reply of another kind than asked for"))
    #expect(reading.receive(.refused("ERROR"), now: 4) == .refused("ERROR"))
    #expect(reading.state == .pausing)
  }

  @Test func repliesAreUnderstoodWholeOnly() {
    #expect(parse(Self.hit) == .hit(Self.value))
    for length in 0..<Self.hit.utf8.count {
      #expect(parse(String(decoding: Self.hit.utf8.prefix(length), as: UTF8.self)) == nil)
    }
    #expect(parse("END\r\n") == .miss)
    #expect(parse("STORED\r\n") == .stored)
    #expect(parse("SERVER_ERROR too many\r\n") == .refused("SERVER_ERROR too many"))
    #expect(parse("NOT_STORED\r\n") == .refused("NOT_STORED"))
  }

  @Test(arguments: [
    "HELLO\r\n", "END\r\nEND\r\n", "VALUE j 0 512\r\n", "VALUE k 0 511\r\n",
    "VALUE k 1 512\r\n", hit + "x", hit.replacing("...", with: "..,"),
    hit.replacing("7 1000", with: "x 1000"),
    String(repeating: "x", count: 600),
  ]) func otherRepliesAreWrong(reply: String) {
    guard case .wrong = parse(reply) else {
      Issue.record("taken for \(String(describing: parse(reply)))")
      return
    }
  }

  @Test func valuesTellWhoMadeThem() {
    let value = HerdValue(ticket: .max, computedAt: .max)
    #expect(value.bytes.count == HerdValue.size)
    #expect(value.bytes.withUnsafeBufferPointer { HerdValue($0) } == value)
    let tooLarge =
      Array("18446744073709551616 1 ".utf8) + [UInt8](repeating: 0x2E, count: HerdValue.size - 23)
    #expect(tooLarge.withUnsafeBufferPointer { HerdValue($0) } == nil)
    #expect([UInt8]().withUnsafeBufferPointer { HerdValue($0) } == nil)
  }

  @Test func clientsComeInTheOrderOfTheirTimes() {
    var queue = DueQueue()
    var random = SplitMix64(seed: 3)
    let times = (0..<500).map { _ in random.next(below: 1000) }
    for (client, time) in times.enumerated() { queue.add(client, at: time) }
    #expect(queue.next == times.min())
    var taken: [UInt64] = []
    while let client = queue.take(until: 700) { taken.append(times[client]) }
    #expect(taken == times.filter { $0 <= 700 }.sorted())
    #expect(queue.next == times.filter { $0 > 700 }.min())
    while let client = queue.take(until: 1000) { taken.append(times[client]) }
    #expect(taken == times.sorted())
    #expect(queue.next == nil)
  }
}
