import Testing

@Suite("noreply")
struct NoreplyTests {
  @Test func `every command takes noreply and answers nothing`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1 noreply\n1", "")
    try client.say("add b 0 0 1 noreply\n2", "")
    try client.say("add b 0 0 1 noreply\n3", "")
    try client.say("replace b 1 0 1 noreply\n4", "")
    try client.say("append b 0 0 1 noreply\n5", "")
    try client.say("prepend b 0 0 1 noreply\n6", "")
    try client.say("get a b", "VALUE a 0 1\n1\nVALUE b 1 3\n645\nEND")
    let cas = try client.cas("a")
    try client.say("cas a 0 0 1 \(cas) noreply\n7", "")
    try client.say("cas a 0 0 1 \(cas) noreply\n8", "")
    try client.say("incr a 5 noreply", "")
    try client.say("decr a 2 noreply", "")
    try client.say("touch a 0 noreply", "")
    try client.say("touch none 0 noreply", "")
    try client.say("delete b noreply", "")
    try client.say("delete b 0 noreply", "")
    try client.say("verbosity 0 noreply", "")
    let value = try client.ask("get a b")
    #expect(value.hasPrefix("VALUE a 0 2\r\n10"), "\(value)")
    try client.say("flush_all noreply", "")
    try client.say("get a", "END")
  }

  @Test func `errors found after parsing are dropped too`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1 noreply\nx", "")
    try client.say("incr a 1 noreply", "")
    try client.say("incr none 1 noreply", "")
    try client.say("set a 0 0 1048577 noreply\n" + String(repeating: "x", count: 1_048_577), "")
  }

  @Test func `noreply counts only as the last word`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1 noreply surplus\nx", "STORED")
    try client.say("delete a noreply surplus", "DELETED")
    try client.say("set noreply 0 0 1\nx", "STORED")
    try client.say("get noreply", "VALUE noreply 0 1\nx\nEND")
  }

  @Test func `a line that cannot be parsed is answered all the same`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 noreply", "CLIENT_ERROR bad command line format")
  }
}
