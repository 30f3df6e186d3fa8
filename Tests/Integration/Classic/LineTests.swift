import Testing

@Suite("lines")
struct LineTests {
  @Test func `a line may end in LF alone`() throws {
    let client = try Daemon().connect()
    try client.exchangeRaw("set a 0 0 1\nx\r\nget a\n", "STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n")
    try client.exchangeRaw("mg a v\nmg b\n", "VA 1\r\nx\r\nEN\r\n")
  }

  @Test func `blanks between and behind words do not matter`() throws {
    let client = try Daemon().connect()
    try client.say("set  a   1  0 1  \nx", "STORED")
    try client.say("get   a  ", "VALUE a 1 1\nx\nEND")
    try client.say("mg  a   v  ", "VA 1\nx")
    try client.say("delete a  ", "DELETED")
  }

  @Test func `a blank before the command makes it unknown`() throws {
    try Daemon().connect().say(" get a", "ERROR")
  }

  @Test func `an empty line is a bad line`() throws {
    let client = try Daemon().connect()
    try client.say("\n", "CLIENT_ERROR bad command line format\nCLIENT_ERROR bad command line format")
    try client.say("x", "CLIENT_ERROR bad command line format")
  }

  @Test(arguments: [
    "nonsense", "GET a", "Get a", "set\ta", "geta b", "getss a", "mgg a", "mz a", "xy", "\u{7f}\u{1}\u{2}",
  ])
  func `what is no command is an ERROR`(line: String) throws {
    let client = try Daemon().connect()
    try client.say(line, "ERROR")
    try client.say("get a", "END")
  }

  @Test func `more than 2048 bytes without a line end close the connection without a word`() throws {
    let client = try Daemon().connect()
    try client.say("get a", "END")
    try client.send("set a 0 0 1 " + String(repeating: "x", count: 4000))
    #expect(try client.readToEnd() == [])
  }

  @Test func `a line of 2000 bytes with its end is read`() throws {
    try Daemon().connect().say("nonsense " + String(repeating: "x", count: 1990), "ERROR")
  }

  @Test func `an HTTP request is closed without a word`() throws {
    try Daemon().connect().sayLast("GET / HTTP/1.1", "")
    try Daemon().connect().sayLast("POST /x HTTP/1.0\nHost: a\n", "")
  }

  @Test func `the binary protocol's first byte closes at once`() throws {
    let client = try Daemon().connect()
    // A complete binary version request: magic 0x80, opcode 0x0b.
    try client.send([0x80, 0x0b] + [UInt8](repeating: 0, count: 22))
    #expect(try client.readToEnd() == [])
  }

  @Test func `a request may arrive byte by byte`() throws {
    let client = try Daemon().connect()
    for byte in Array("set a 1 0 5\r\nhello\r\nget a\r\nmg a v k\r\n".utf8) { try client.send([byte]) }
    try client.exchangeRaw("", "STORED\r\nVALUE a 1 5\r\nhello\r\nEND\r\nVA 5 ka\r\nhello\r\n")
  }

  @Test func `what was sent before the sending side closed is answered`() throws {
    let client = try Daemon().connect()
    try client.send("set a 0 0 1\r\nx\r\nget a\r\n")
    client.finishSending()
    #expect(
      String(decoding: try client.readToEnd(), as: UTF8.self) == "STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\n")
  }

  @Test func `quit closes after the answers before it`() throws {
    try Daemon().connect().sayLast("set a 0 0 1\nx\nquit\nget a", "STORED")
  }
}
