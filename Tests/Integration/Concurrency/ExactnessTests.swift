import Synchronization
import Testing

/// Commands that change what is there: of several threads' changes none is lost and none is made twice.
@Suite("concurrency: no change is lost")
struct ExactnessTests {
  static let threads = 8
  static let rounds = Binaries.isSlow ? 20_000 : 1500

  @Test(arguments: [["-t", "4"], ["-t", "1"]])
  func `counters end at the sum of what was added and taken`(flags: [String]) throws {
    let daemon = try Daemon(flags + ["-m", "128"])
    let client = try daemon.connect()
    let start: UInt64 = 1_000_000_000_000
    for i in 0..<5 { try client.say("set counter:\(i) 7 0 13\n\(start)", "STORED") }
    let totals = Totals(count: 5)
    try Threads.run(Self.threads) { thread in
      var random = SplitMix64(seed: UInt64(thread) + 7)
      let pipeline = Pipeline(try daemon.connect())
      for _ in 0..<Self.rounds / 10 {
        var expected = 0
        for _ in 0..<10 {
          let counter = random.below(5)
          let amount = random.below(1_000_000)
          let adds = random.chance(0.5)
          switch random.below(3) {
          case 0: pipeline.add("\(adds ? "incr" : "decr") counter:\(counter) \(amount) noreply")
          case 1:
            pipeline.add("\(adds ? "incr" : "decr") counter:\(counter) \(amount)")
            expected += 1
          // The same over the meta protocol; `q` is silent about success.
          default: pipeline.add("ma counter:\(counter) M\(adds ? "I" : "D") D\(amount) q")
          }
          totals.add(adds ? amount : -amount, to: counter)
        }
        pipeline.add("mn")
        try pipeline.send()
        for _ in 0..<expected {
          guard try pipeline.number() != nil else { throw TestFailure("a counter is gone") }
        }
        try pipeline.line(["MN"])
      }
    }
    for i in 0..<5 {
      let value = Int(start) + totals.value(i)
      try client.say("get counter:\(i)", "VALUE counter:\(i) 7 \("\(value)".utf8.count)\n\(value)\nEND")
    }
  }

  @Test(arguments: ["cas", "ms"])
  func `of competing compare-and-swaps one wins`(command: String) throws {
    let daemon = try Daemon(["-t", "4", "-m", "128"])
    let client = try daemon.connect()
    for i in 0..<3 { try client.say("set swap:\(i) 0 0 1\n0", "STORED") }
    let successes = Totals(count: 3)
    try Threads.run(Self.threads) { thread in
      var random = SplitMix64(seed: UInt64(thread) + 70)
      let pipeline = Pipeline(try daemon.connect())
      for _ in 0..<Self.rounds {
        let i = random.below(3)
        pipeline.add("gets swap:\(i)")
        try pipeline.send()
        guard let item = try pipeline.items().first,
          let old = Int(String(decoding: item.value, as: UTF8.self))
        else { throw TestFailure("swap:\(i) is gone") }
        let data = Array("\(old + 1)".utf8)
        if command == "cas" {
          pipeline.add("cas swap:\(i) 0 0 \(data.count) \(item.cas)", data: data)
        } else {
          pipeline.add("ms swap:\(i) \(data.count) C\(item.cas)", data: data)
        }
        try pipeline.send()
        let won = try pipeline.line(["STORED", "EXISTS", "HD", "EX"])
        if won == "STORED" || won == "HD" { successes.add(1, to: i) }
      }
    }
    for i in 0..<3 {
      let value = successes.value(i)
      #expect(value > 0)
      try client.say("get swap:\(i)", "VALUE swap:\(i) 0 \("\(value)".utf8.count)\n\(value)\nEND")
    }
  }

  /// With a long middle the values fill several segments from the start, and every change writes them anew.
  @Test(arguments: [0, 400_000])
  func `appends and prepends of several threads stay whole and in their order`(middle: Int) throws {
    let daemon = try Daemon(["-t", "4", "-m", "128"])
    let client = try daemon.connect()
    let logs = middle == 0 ? 3 : 1
    let start = "|" + String(repeating: "~", count: middle) + "|"
    for i in 0..<logs { try client.say("set log:\(i) 0 0 \(start.utf8.count)\n\(start)", "STORED") }
    let rounds = Self.rounds / (middle == 0 ? 3 : 2)
    try Threads.run(Self.threads) { thread in
      let pipeline = Pipeline(try daemon.connect())
      for round in 0..<rounds {
        // Even threads write behind the middle, odd ones before it.
        let data = Array(thread % 2 == 0 ? "\(thread).\(round);".utf8 : ";\(thread).\(round)".utf8)
        let command = thread % 2 == 0 ? "append" : "prepend"
        for i in 0..<logs { pipeline.add("\(command) log:\(i) 0 0 \(data.count)", data: data) }
        try pipeline.send()
        for _ in 0..<logs { try pipeline.line(["STORED"]) }
      }
    }
    for i in 0..<logs {
      try client.send("get log:\(i)\r\n")
      let item = try #require(try Pipeline(client).items().first)
      let parts = String(decoding: item.value, as: UTF8.self)
        .split(separator: "|", omittingEmptySubsequences: false)
      try #require(parts.count == 3)
      #expect(parts[1].utf8.count == middle && parts[1].allSatisfy { $0 == "~" })
      let records = parts[2].split(separator: ";") + parts[0].split(separator: ";").reversed()
      #expect(records.count == Self.threads * rounds)
      for thread in 0..<Self.threads {
        let mine = records.filter { $0.hasPrefix("\(thread).") }.map { String($0) }
        #expect(mine == (0..<rounds).map { "\(thread).\($0)" })
      }
    }
  }
}

/// Sums that several threads add to.
private final class Totals: Sendable {
  private let values: Mutex<[Int]>

  init(count: Int) { values = Mutex([Int](repeating: 0, count: count)) }

  func add(_ amount: Int, to index: Int) { values.withLock { $0[index] += amount } }
  func value(_ index: Int) -> Int { values.withLock { $0[index] } }
}
