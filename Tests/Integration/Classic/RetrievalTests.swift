import Testing

@Suite("get, gets, gat, gats")
struct RetrievalTests {
  @Test func `get answers hits in the order asked, then END`() throws {
    let client = try Daemon().connect()
    try client.say("get a", "END")
    try client.say("set a 5 0 1\nx", "STORED")
    try client.say("set b 4294967295 0 2\nyy", "STORED")
    try client.say("get a", "VALUE a 5 1\nx\nEND")
    try client.say("get b none a", "VALUE b 4294967295 2\nyy\nVALUE a 5 1\nx\nEND")
  }

  @Test func `a key given twice comes twice`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("get a a", "VALUE a 0 1\nx\nVALUE a 0 1\nx\nEND")
  }

  @Test func `an empty value is a hit`() throws {
    let client = try Daemon().connect()
    try client.say("set a 1 0 0\n", "STORED")
    try client.say("get a", "VALUE a 1 0\n\nEND")
  }

  @Test func `values keep every byte`() throws {
    let client = try Daemon().connect()
    let value = (0..<1024).map { UInt8(truncatingIfNeeded: $0) } + Array("\r\nEND\r\n\0".utf8)
    let set = Array("set a 0 0 \(value.count)\r\n".utf8) + value + Array("\r\nmn\r\n".utf8)
    #expect(try client.exchange(set, end: "MN\r\n") == Array("STORED\r\nMN\r\n".utf8))
    let expected = Array("VALUE a 0 \(value.count)\r\n".utf8) + value + Array("\r\nEND\r\nMN\r\n".utf8)
    #expect(try client.exchange(Array("get a\r\nmn\r\n".utf8), end: "MN\r\n") == expected)
  }

  @Test func `keys may hold control characters and bytes above 127`() throws {
    let client = try Daemon().connect()
    try client.say("set a\tb\u{1}ü 0 0 1\nx", "STORED")
    try client.say("get a\tb\u{1}ü", "VALUE a\tb\u{1}ü 0 1\nx\nEND")
    try client.say("get a", "END")
  }

  @Test func `gets adds a CAS value that changes with every write`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("gets a", "VALUE a 0 1 <n>\nx\nEND")
    var last = try client.cas("a")
    #expect(try client.cas("a") == last)
    let writes = [
      "set a 0 0 1\n1", "replace a 0 0 1\n2", "append a 0 0 1\n0", "prepend a 0 0 1\n1", "incr a 1",
      "decr a 1",
    ]
    for write in writes {
      _ = try client.ask(write)
      let next = try client.cas("a")
      #expect(next > last, "\(write)")
      last = next
    }
  }

  @Test(arguments: ["gat", "gats"]) func `gat answers the value and sets the expiry`(command: String) throws {
    let client = try Daemon().connect()
    let cas = command == "gats" ? " <n>" : ""
    try client.say("set a 3 0 1\nx", "STORED")
    try client.say("set b 4 0 1\ny", "STORED")
    try client.say("\(command) 100 a none b", "VALUE a 3 1\(cas)\nx\nVALUE b 4 1\(cas)\ny\nEND")
    let ttl = try client.ask("mg a t")
    #expect(ttl == "HD t100\r\n" || ttl == "HD t99\r\n")
    try client.say("\(command) 0 a", "VALUE a 3 1\(cas)\nx\nEND")
    try client.say("mg a t", "HD t-1")
    try client.say("\(command) -1 a", "VALUE a 3 1\(cas)\nx\nEND")
    try client.say("get a", "END")
  }

  @Test func `gat refuses an expiry that is not a number`() throws {
    let client = try Daemon().connect()
    for time in ["x", "1x", "99999999999"] {
      try client.say("gat \(time) a", "CLIENT_ERROR invalid exptime argument")
      try client.say("gats \(time) a", "CLIENT_ERROR invalid exptime argument")
    }
  }

  @Test func `one key that is too long makes the whole answer an error`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let long = String(repeating: "k", count: 251)
    for line in ["get \(long)", "get a \(long)", "get \(long) a", "gets a \(long) a", "gat 0 a \(long)"] {
      try client.say(line, "CLIENT_ERROR bad command line format")
    }
    let longest = String(repeating: "k", count: 250)
    try client.say("set \(longest) 0 0 1\nx", "STORED")
    try client.say("get \(longest)", "VALUE \(longest) 0 1\nx\nEND")
  }

  @Test(arguments: ["get", "gets", "gat", "gats", "gat 0", "gats 0"])
  func `a retrieval without a key is an error`(line: String) throws {
    let client = try Daemon().connect()
    try client.say(line, "CLIENT_ERROR bad command line format")
    try client.say(line + "  ", "CLIENT_ERROR bad command line format")
  }

  @Test func `hits and misses are counted`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    _ = try client.ask("get a b c")
    _ = try client.ask("gat 0 a b")
    // As in memcached, gat counts as a touch.
    #expect(try client.statistic("get_hits") == 1)
    #expect(try client.statistic("get_misses") == 2)
    #expect(try client.statistic("cmd_touch") == 2)
    #expect(try client.statistic("touch_hits") == 1)
  }
}
