import Testing

@Suite("ma")
struct MetaArithmeticTests {
  @Test func `ma adds one, D gives another number, v shows it`() throws {
    let client = try Daemon().connect()
    try client.say("ma n", "NF")
    try client.say("ma n k O1 v", "NF kn O1")
    try client.say("set n 0 0 2\n10", "STORED")
    try client.say("ma n", "HD")
    try client.say("ma n v", "VA 2\n12")
    try client.say("ma n v D30", "VA 2\n42")
    try client.say("ma n D18446744073709551574 v", "VA 1\n0")
  }

  @Test func `M selects the direction`() throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 2\n10", "STORED")
    for (mode, value) in [("MI", 11), ("M+", 12), ("MD", 11), ("M-", 10), ("MIncr", 11), ("MDecr", 10)] {
      try client.say("ma n \(mode) v", "VA 2\n\(value)")
    }
    try client.say("ma n MD D11 v", "VA 1\n0")
    for mode in ["Mx", "M", "Mi", "Md"] {
      try client.say("ma n \(mode)", "CLIENT_ERROR invalid mode for ma M token")
    }
  }

  @Test func `N creates the number, J gives its first value`() throws {
    let client = try Daemon().connect()
    try client.say("ma n N0 J13 v", "VA 2\n13")
    try client.say("ma n N0 J13 v", "VA 2\n14")
    try client.say("ma m N100 v t", "VA 1 t100\n0", or: ["VA 1 t99\n0", "VA 1 t-1\n0"])
    try client.say("mg m t", "HD t100", orLessThan: 100)
    try client.say("ma q N0 q", "")
    try client.say("mg q v", "VA 1\n0")
  }

  @Test func `C compares, E gives the version`() throws {
    let client = try Daemon().connect()
    try client.say("ms n 2 E100\n10", "HD")
    try client.say("ma n C99 v", "EX")
    try client.say("ma n C99 q k O1", "EX kn O1")
    try client.say("ma n C100 E200 v c", "VA 2 c200\n11")
    try client.say("mg n c", "HD c200")
    let cas = try client.cas("n")
    try client.say("ma n c", "HD c<n>")
    #expect(try client.cas("n") > cas)
  }

  @Test func `T sets the expiry, t shows it`() throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 1\n1", "STORED")
    try client.say("ma n T100", "HD")
    try client.say("ma n t v", "VA 1 t100\n3", orLessThan: 100)
    try client.say("ma n T0", "HD")
    try client.say("ma n t", "HD t-1")
  }

  @Test func `q leaves out HD and NF stays`() throws {
    let client = try Daemon().connect()
    try client.say("set n 0 0 1\n1", "STORED")
    try client.say("ma n q", "")
    try client.say("ma none q", "NF")
    try client.say("mg n v", "VA 1\n2")
  }

  @Test func `errors`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("set n 0 0 1\n1", "STORED")
    for (line, reason) in [
      ("ma", "bad command line format"), ("ma a", "cannot increment or decrement non-numeric value"),
      ("ma n v v", "invalid or duplicate flag"), ("ma n g", "invalid or duplicate flag"),
      ("ma n D-1", "invalid or duplicate flag"), ("ma n Jx N0", "invalid or duplicate flag"),
      ("ma n Nx", "invalid or duplicate flag"),
      ("ma n O" + String(repeating: "o", count: 32), "opaque token too long"),
    ] {
      try client.say(line, "CLIENT_ERROR \(reason)")
    }
  }
}
