import CHearth
import Testing

@Suite("expiry")
struct ExpiryTests {
  @Test func `negative and past times are gone at once`() throws {
    let client = try Daemon().connect()
    let past = hearth_wall_ns() / 1_000_000_000 - 10
    for time in ["-1", "-100", "\(past)", "2592001"] {
      try client.say("set a 0 0 1\nx", "STORED")
      try client.say("set a 0 \(time) 1\nx", "STORED")
      try client.say("get a", "END")
      try client.say("add a 0 \(time) 1\nx", "STORED")
      try client.say("get a", "END")
    }
  }

  @Test func `up to 30 days is relative, beyond is a date`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 2592000 1\nx", "STORED")
    #expect(["HD t2592000\r\n", "HD t2591999\r\n"].contains(try client.ask("mg a t")))
    let date = hearth_wall_ns() / 1_000_000_000 + 5000
    try client.say("set b 0 \(date) 1\nx", "STORED")
    let left = try client.ask("mg b t")
    #expect((4990...5001).contains(Int(left.dropFirst(4).dropLast(1)) ?? 0), "\(left)")
  }

  @Test func `a value expires within its second`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 2 1\nx", "STORED")
    try client.say("set keeps 0 0 1\nx", "STORED")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    let start = hearth_monotonic_ns()
    try eventually("a is gone") { try client.ask("get a") == "END\r\n" }
    let seconds = Double(hearth_monotonic_ns() - start) / 1e9
    #expect(seconds > 0.9)
    try client.say("get keeps", "VALUE keeps 0 1\nx\nEND")
    try client.say("add a 0 0 1\ny", "STORED")
  }

  @Test func `an expiry that is no number is refused and its data swallowed`() throws {
    let client = try Daemon().connect()
    for time in ["x", "1x"] {
      try client.say("set a 0 \(time) 2\nmn", "CLIENT_ERROR bad command line format")
    }
  }
}
