import Testing

@Suite("incr, decr")
struct ArithmeticTests {
  @Test func `incr and decr answer the new number and keep flags`() throws {
    let client = try Daemon().connect()
    try client.say("incr n 1", "NOT_FOUND")
    try client.say("decr n 1", "NOT_FOUND")
    try client.say("set n 5 1000 2\n10", "STORED")
    try client.say("incr n 1", "11")
    try client.say("incr n 89", "100")
    try client.say("get n", "VALUE n 5 3\n100\nEND")
    try client.say("decr n 0", "100")
    try client.say("decr n 1", "99")
    #expect(["HD t1000\r\n", "HD t999\r\n", "HD t998\r\n"].contains(try client.ask("mg n t")))
  }

  @Test func `incr wraps at 64 bits, decr stops at zero`() throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 20\n18446744073709551615", "STORED")
    try client.say("incr n 1", "0")
    try client.say("incr n 18446744073709551615", "18446744073709551615")
    try client.say("incr n 5", "4")
    try client.say("decr n 5", "0")
    try client.say("decr n 18446744073709551615", "0")
  }

  @Test func `a number that becomes shorter may be padded on the right`() throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 3\n100", "STORED")
    try client.say("decr n 1", "99")
    let reply = try client.ask("get n")
    #expect(["VALUE n 0 2\r\n99\r\nEND\r\n", "VALUE n 0 3\r\n99 \r\nEND\r\n"].contains(reply))
    try client.say("incr n 1", "100")
    try client.say("get n", "VALUE n 0 3\n100\nEND")
  }

  @Test(arguments: ["-1", "+1", "x", "1x", "18446744073709551616", "99999999999999999999"])
  func `a delta that is no number is refused`(delta: String) throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 1\n1", "STORED")
    for command in ["incr", "decr"] {
      try client.say("\(command) n \(delta)", "CLIENT_ERROR invalid numeric delta argument")
    }
    try client.say("get n", "VALUE n 0 1\n1\nEND")
  }

  @Test(arguments: ["", "-5", "abc", "1a", "99999999999999999999", "18446744073709551616"])
  func `a value that is no number is refused`(value: String) throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 \(value.utf8.count)\n\(value)", "STORED")
    for command in ["incr", "decr"] {
      try client.say("\(command) n 1", "CLIENT_ERROR cannot increment or decrement non-numeric value")
    }
    try client.say("get n", "VALUE n 0 \(value.utf8.count)\n\(value)\nEND")
  }

  @Test(arguments: ["007", "7 ", " 7"]) func `leading zeros and blanks are fine`(value: String) throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 \(value.utf8.count)\n\(value)", "STORED")
    try client.say("incr n 3", "10")
  }

  @Test func `missing arguments are an error`() throws {
    let client = try Daemon().connect()
    for line in ["incr", "incr n", "decr", "decr n"] {
      try client.say(line, "CLIENT_ERROR bad command line format")
    }
    try client.say(
      "incr \(String(repeating: "k", count: 251)) 1", "CLIENT_ERROR bad command line format")
  }

  @Test func `hits and misses are counted`() throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 1\n1", "STORED")
    _ = try client.ask("incr n 1\nincr m 1\ndecr n 1\ndecr n 1\ndecr m 1\ndecr m 1\ndecr m 1")
    let counts = try ["incr_hits", "incr_misses", "decr_hits", "decr_misses"].map { try client.statistic($0) }
    #expect(counts == [1, 1, 2, 3])
  }
}
