import Glibc
import Synchronization
import Testing

@Suite("concurrency: a stop in the middle of everything")
struct StopUnderLoadTests {
  @Test(arguments: [SIGTERM, SIGINT])
  func `every reply that arrives is whole and the daemon exits 0`(signal: Int32) throws {
    for _ in 0..<(Binaries.isSlow ? 30 : 3) {
      let daemon = try Daemon(["-t", "2", "-m", "64"])
      let replies = Count()
      let threads = 6
      // The last thread stops the daemon when the others are at work.
      try Threads.run(threads + 1) { thread in
        if thread == threads {
          try eventually("there is traffic") { replies.value > 2000 }
          daemon.process.signal(signal)
          return
        }
        try converse(daemon, thread, replies)
      }
      #expect(try daemon.process.wait() == .exit(0), "\(daemon.errors)")
    }
  }

  /// Stores and fetches until the daemon is gone. What it said before must be whole replies, in order.
  private func converse(_ daemon: Daemon, _ thread: Int, _ replies: Count) throws {
    let client = try daemon.connect()
    var random = SplitMix64(seed: UInt64(thread))
    while !client.hasEnded {
      var requests: [UInt8] = []
      var expected: [[UInt8]] = []
      for _ in 0..<1 + random.below(20) {
        let key = "stop:\(thread):\(random.below(50))"
        let value = Evidence.value(key, size: random.below(3000), seed: random.next())
        requests += Array("set \(key) 0 0 \(value.count)\r\n".utf8) + value + Array("\r\nget \(key)\r\n".utf8)
        expected.append(Array("STORED\r\n".utf8))
        expected.append(
          Array("VALUE \(key) 0 \(value.count)\r\n".utf8) + value + Array("\r\nEND\r\n".utf8))
      }
      try client.send(requests)
      for (index, reply) in expected.enumerated() {
        let received = try client.read(reply.count)
        if received == reply {
          replies.increment()
        } else if !received.isEmpty || !client.hasEnded {
          throw TestFailure(
            "reply \(index) of \(expected.count): \(received.count) bytes instead of \(reply.count): "
              + printable(Array(received.prefix(200))))
        }
      }
    }
  }
}

private final class Count: Sendable {
  private let number = Atomic<Int>(0)

  var value: Int { number.load(ordering: .relaxed) }
  func increment() { number.add(1, ordering: .relaxed) }
}
