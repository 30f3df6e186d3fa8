import Testing

@Suite("md")
struct MetaDeleteTests {
  @Test func `md deletes, with q, O and k`() throws {
    let client = try Daemon().connect()
    try client.say("md a", "NF")
    try client.say("md a k O1", "NF ka O1")
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("md a O1 k", "HD O1 ka")
    try client.say("mg a", "EN")
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("md a q", "")
    try client.say("md a q", "NF")
  }

  @Test func `C compares`() throws {
    let client = try Daemon().connect()
    try client.say("ms a 1 E50\nx", "HD")
    try client.say("md a C49", "EX")
    try client.say("md a C49 q k", "EX ka")
    try client.say("mg a v", "VA 1\nx")
    try client.say("md a C50", "HD")
    try client.say("mg a", "EN")
  }

  @Test func `I marks the item stale and gives it a new version`() throws {
    let client = try Daemon().connect()
    try client.say("md a I", "NF")
    try client.say("set a 3 0 1\nx", "STORED")
    let cas = try client.cas("a")
    try client.say("md a I T30", "HD")
    #expect(try client.cas("a") > cas)
    try client.say("mg a t f", "HD t30 f3 X W", orLessThan: 30)
    try client.say("md a I q", "")
    // The next reader wins again.
    try client.say("mg a", "HD X W")
    try client.say("md a I E12345678901234", "HD")
    try client.say("mg a c", "HD c12345678901234 X W")
  }

  @Test func `x keeps the item without its value and flags`() throws {
    let client = try Daemon().connect()
    try client.say("set a 7 0 3\nabc", "STORED")
    try client.say("md a x", "HD")
    try client.say("mg a v f s", "VA 0 f0 s0\n")
    try client.say("set a 7 0 3\nabc", "STORED")
    try client.say("md a x I", "HD")
    try client.say("mg a v f", "VA 0 f0 X W\n")
    try client.say("md none x", "NF")
  }

  @Test func `errors`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    for (line, reason) in [
      ("md", "bad command line format"), ("md a Cx", "bad token in command line format"),
      ("md a q q", "duplicate flag"), ("md a g", "invalid flag"),
      ("md a Tx", "bad token in command line format"),
      ("md \(String(repeating: "k", count: 251))", "bad command line format"),
      ("md a O" + String(repeating: "o", count: 32), "opaque token too long"),
    ] {
      try client.say(line, "CLIENT_ERROR \(reason)")
    }
    try client.say("mg a", "HD")
    try client.say("md a O" + String(repeating: "o", count: 31), "HD O" + String(repeating: "o", count: 31))
  }
}
