import Testing

@Suite("flush_all")
struct FlushTests {
  @Test func `flush_all takes away what was there and nothing that comes after, in the same second`() throws {
    let client = try Daemon().connect()
    for i in 0..<50 {
      try client.say("set a 0 0 1\nx\nset b\(i) 0 100 1\nx", "STORED\nSTORED")
      try client.say("flush_all\nset c 0 0 1\nz", "OK\nSTORED")
      try client.say("get a b\(i) c", "VALUE c 0 1\nz\nEND")
      try client.say("add a 0 0 1\ny", "STORED")
    }
    #expect(try client.statistic("cmd_flush") == 50)
  }

  @Test func `a delay lets the items live until then, and those stored before it ends go too`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("flush_all 2", "OK")
    try client.say("set b 0 0 1\ny", "STORED")
    try client.say("get a b", "VALUE a 0 1\nx\nVALUE b 0 1\ny\nEND")
    try eventually("both are gone") { try client.ask("get a b") == "END\r\n" }
    try client.say("set a 0 0 1\nz", "STORED")
    try client.say("get a", "VALUE a 0 1\nz\nEND")
  }

  @Test func `flush_all 0, a negative delay and noreply`() throws {
    let client = try Daemon().connect()
    for (line, reply) in [
      ("flush_all 0", "OK"), ("flush_all -1", "OK"), ("flush_all noreply", ""), ("flush_all 0 noreply", ""),
    ] {
      try client.say("set a 0 0 1\nx", "STORED")
      try client.say(line, reply)
      try client.say("get a", "END")
    }
  }

  @Test func `a delay that is no number is refused`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("flush_all x", "CLIENT_ERROR invalid exptime argument")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
  }

  @Test func `-F switches it off`() throws {
    let client = try Daemon(["-F"]).connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("flush_all", "CLIENT_ERROR flush_all not allowed")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
  }
}
