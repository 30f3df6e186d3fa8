import Testing

@Suite("ms")
struct MetaSetTests {
  @Test func `ms stores flags and expiry`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 3\nabc", "HD")
    try client.say("mg a f t v", "VA 3 f0 t-1\nabc")
    try client.say("ms a 2 F7 T100\nxy", "HD")
    try client.say("mg a f t s", "HD f7 t100 s2", orLessThan: 100)
    try client.say("ms a 0\n", "HD")
    try client.say("mg a v", "VA 0\n")
    try client.say("ms a 1 T-1\nx", "HD")
    try client.say("mg a", "EN")
  }

  @Test func `O, k, c and s are answered`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 3 k O9 c s\nabc", "HD ka O9 c<n> s3")
    let cas = try client.cas("a")
    try client.say("mg a c", "HD c\(cas)")
    try client.say("ms a 1 MA s\nd", "HD s4")
    // Not stored: no CAS value.
    try client.say("ms a 1 ME c k O9\nx", "NS c0 ka O9")
  }

  @Test func `M selects the mode`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1 MR\nx", "NS")
    try client.say("ms a 1 MA\nx", "NS")
    try client.say("ms a 1 MP\nx", "NS")
    try client.say("ms a 1 ME\n2", "HD")
    try client.say("ms a 1 ME\n9", "NS")
    try client.say("ms a 1 MA\n3", "HD")
    try client.say("ms a 1 MP\n1", "HD")
    try client.say("mg a v", "VA 3\n123")
    try client.say("ms a 1 MR\n4", "HD")
    try client.say("ms a 1 MS\n5", "HD")
    // The first letter counts, in upper case only.
    try client.say("ms a 1 MAppend\n6", "HD")
    try client.say("mg a v", "VA 2\n56")
    for mode in ["Ms", "Me", "Mx", "M"] {
      try client.say("ms a 2 \(mode)\nmn", "CLIENT_ERROR invalid mode for ms M token")
    }
    try client.say("mg a v", "VA 2\n56")
  }

  @Test func `N makes append and prepend create the item`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 2 MA N100\nab", "HD")
    try client.say("mg a v t", "VA 2 t100\nab", orLessThan: 100)
    try client.say("ms a 2 MA N100\ncd", "HD")
    try client.say("mg a v", "VA 4\nabcd")
    try client.say("ms b 2 MP N0\nab", "HD")
    try client.say("mg b v t", "VA 2 t-1\nab")
  }

  @Test func `C compares, E gives the version`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1 C1\nx", "NF")
    try client.say("ms a 1 E1000\nx", "HD")
    try client.say("mg a c", "HD c1000")
    try client.say("ms a 1 C999\ny", "EX")
    try client.say("ms a 1 C1001\ny", "EX")
    try client.say("ms a 1 C1000 E2000\ny", "HD")
    try client.say("mg a v c", "VA 1 c2000\ny")
    try client.say("ms a 1 C2000 MR\nz", "HD")
    try client.say("ms a 1 C2000 MR\nz", "EX")
    // add ignores C.
    try client.say("ms b 1 ME C5\nz", "HD")
  }

  @Test func `I accepts an older version as stale`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1 E1000\nx", "HD")
    try client.say("ms a 1 I C1001\ny", "EX")
    try client.say("ms a 1 I C999\ny", "HD")
    try client.say("mg a v", "VA 1 X W\ny")
    try client.say("mg a v", "VA 1 Z X\ny")
  }

  @Test func `after an invalidation the old version stores and stays stale`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1 E1000\nx", "HD")
    try client.say("md a I E1001", "HD")
    try client.say("mg a c v", "VA 1 c1001 X W\nx")
    try client.say("ms a 1 I C1000\ny", "HD")
    #expect(try client.ask("mg a v").contains("X"))
  }

  @Test func `q leaves out HD alone`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1 q\nx", "")
    try client.say("ms a 1 q k O1 c\nx", "")
    try client.say("ms a 1 q ME\nx", "NS")
    try client.say("ms b 1 q C1\nx", "NF")
    try client.say("ms a 1 q C1\nx", "EX")
    try client.say("mg a v", "VA 1\nx")
  }

  @Test func `a too large item takes the old one away`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1\nx", "HD")
    let large = String(repeating: "x", count: 1 << 20)
    try client.say("ms a 1048576\n\(large)", "SERVER_ERROR object too large for cache")
    try client.say("mg a", "EN")
    try client.say("ms a 1\nx", "HD")
    try client.say("ms a 1048576 q\n\(large)", "SERVER_ERROR object too large for cache")
    try client.say("mg a", "EN")
  }

  @Test func `bad lines are answered and their data swallowed`() throws {
    let client = try Daemon().connect()
    for (flags, reason) in [
      ("Tx", "bad token in command line format"), ("Cx", "bad token in command line format"),
      ("c c", "duplicate flag"), ("g", "invalid flag"),
      ("Fx", "bad command line format"),
      ("O" + String(repeating: "o", count: 32), "opaque token too long"),
    ] {
      try client.say("ms a 2 \(flags)\nmn", "CLIENT_ERROR \(reason)")
    }
    try client.say("ms a 2 S2\nmn", "CLIENT_ERROR invalid flag")
  }

  @Test func `a line without a length swallows nothing`() throws {
    let client = try Daemon().connect()
    for line in ["ms a", "ms a x", "ms a -1", "ms a S1", "ms", "ms a 2147483646"] {
      try client.say(line, "CLIENT_ERROR bad command line format")
    }
  }

  @Test func `data without its end is a bad data chunk`() throws {
    let client = try Daemon().connect()
    try client.exchangeRaw("ms a 3\r\nabcdemn\r\n", "CLIENT_ERROR bad data chunk\r\nMN\r\n")
    try client.say("mg a", "EN")
  }
}
