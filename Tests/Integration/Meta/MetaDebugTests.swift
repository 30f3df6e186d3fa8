import Testing

@Suite("me, mn and what all meta commands share")
struct MetaDebugTests {
  @Test func `mn answers MN`() throws {
    try Daemon().connect().exchangeRaw("mn\r\n", "MN\r\n")
  }

  @Test func `me tells about an item`() throws {
    let client = try Daemon().connect()
    try client.say("me a", "EN")
    try client.say("set a 0 0 3\nabc", "STORED")
    try client.say("me a", "ME a exp=-1 la=<n> cas=<n> fetch=no cls=<n> size=<n>")
    try client.say("get a", "VALUE a 0 3\nabc\nEND")
    try client.say("me a", "ME a exp=-1 la=<n> cas=<n> fetch=yes cls=<n> size=<n>")
    try client.say("touch a 100", "TOUCHED")
    #expect(["exp=100 ", "exp=99 "].contains { (try? client.ask("me a").contains($0)) == true })
    try client.say("me", "CLIENT_ERROR bad command line format")
    try client.say("me \(String(repeating: "k", count: 251))", "CLIENT_ERROR bad command line format")
  }

  @Test func `me finds a base64 key`() throws {
    let client = try Daemon().connect()
    try client.say("ms Zm9v 1 b\nx", "HD")
    #expect(try client.ask("me Zm9v b").hasPrefix("ME Zm9v exp=-1 "))
    try client.say("me YmFy b", "EN")
  }

  @Test(arguments: ["mg", "md", "ma", "ms"]) func `a line has at most 20 words`(command: String) throws {
    let client = try Daemon().connect()
    let flags = Array("bcfhklOPqstuvCDEFJLM").map(String.init)
    let head = command == "ms" ? ["ms", "YQ", "2"] : [command, "YQ"]
    let line = (head + flags).prefix(21).joined(separator: " ")
    let reply = try client.ask(command == "ms" ? line + "\nmn" : line)
    let expected = command == "ma" ? "invalid or duplicate flag" : "options flags are too long"
    #expect(reply == "CLIENT_ERROR \(expected)\r\n")
  }

  @Test func `errors of mg`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let bad = "bad token in command line format"
    for (line, reason) in [
      ("mg", "bad command line format"), ("mg a v v", "duplicate flag"), ("mg a g", "invalid flag"),
      ("mg a Tx", bad), ("mg a Nx", bad), ("mg a Rx", bad), ("mg a Cx", bad), ("mg a Ex", bad),
      ("mg a T", bad),
      ("mg \(String(repeating: "k", count: 251)) v", "bad command line format"),
      ("mg a O" + String(repeating: "o", count: 32), "opaque token too long"),
    ] {
      try client.say(line, "CLIENT_ERROR \(reason)")
    }
    try client.say("mg a O" + String(repeating: "o", count: 31), "HD O" + String(repeating: "o", count: 31))
    try client.say("mg \(String(repeating: "k", count: 250)) v", "EN")
  }

  @Test func `the longest reply line is answered whole`() throws {
    let client = try Daemon().connect()
    let key = String(repeating: "k", count: 250)
    let opaque = "O" + String(repeating: "o", count: 31)
    try client.say("ms \(key) 1 F4294967295 T2592000 E18446744073709551615\nx", "HD")
    let reply = try client.ask("mg \(key) \(opaque) k c f s t l h v")
    #expect(
      matches(reply, "VA 1 \(opaque) k\(key) c18446744073709551615 f4294967295 s1 t<n> l<n> h0\r\nx\r\n"))
  }
}
