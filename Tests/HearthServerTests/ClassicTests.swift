import Testing

@Suite struct ClassicTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var requests: String
    var replies: String
    var testDescription: String { requests }
    init(_ requests: String, _ replies: String) {
      self.requests = requests
      self.replies = replies
    }
  }

  static let cases: [Case] = [
    Case("set a 5 0 1|b|get a|", "STORED|VALUE a 5 1|b|END|"),
    Case("set a 0 0 0||get a|", "STORED|VALUE a 0 0||END|"),
    Case("get a b c|", "END|"),
    Case("set a 0 0 1|1|get a x a|", "STORED|VALUE a 0 1|1|VALUE a 0 1|1|END|"),
    Case("add a 0 0 1|1|add a 0 0 1|2|get a|", "STORED|NOT_STORED|VALUE a 0 1|1|END|"),
    Case(
      "replace a 0 0 1|1|set a 0 0 1|1|replace a 0 0 1|2|get a|",
      "NOT_STORED|STORED|STORED|VALUE a 0 1|2|END|"),
    Case("append a 0 0 1|1|prepend a 0 0 1|1|", "NOT_STORED|NOT_STORED|"),
    Case(
      "set a 3 0 1|b|append a 9 9 1|c|prepend a 0 0 1|a|get a|", "STORED|STORED|STORED|VALUE a 3 3|abc|END|"),
    Case("cas a 0 0 1 5|x|", "NOT_FOUND|"),
    Case("set a 0 0 1|1|cas a 0 0 1 1|x|get a|", "STORED|EXISTS|VALUE a 0 1|1|END|"),
    Case("incr a 1|set a 7 0 2|10|incr a 5|decr a 100|get a|", "NOT_FOUND|STORED|15|0|VALUE a 7 1|0|END|"),
    Case("set a 0 0 20|18446744073709551615|incr a 2|", "STORED|1|"),
    Case(
      "set a 0 0 3|abc|incr a 1|",
      "STORED|CLIENT_ERROR cannot increment or decrement non-numeric value|"),
    Case("set a 0 0 4| 07 |incr a 1|", "STORED|8|"),
    Case("incr a x|", "CLIENT_ERROR invalid numeric delta argument|"),
    Case("delete a|set a 0 0 1|1|delete a 0|get a|", "NOT_FOUND|STORED|DELETED|END|"),
    Case("touch a 5|set a 0 0 1|1|touch a 0|", "NOT_FOUND|STORED|TOUCHED|"),
    Case("gat 10 a|set a 0 0 1|1|gat 10 a|mg a t|", "END|STORED|VALUE a 0 1|1|END|HD t10|"),
    Case("set a 0 -1 1|1|get a|", "STORED|END|"),
    Case("set a 0 0 1 noreply|1|get a|", "VALUE a 0 1|1|END|"),
    Case(
      "set a 0 0 1 noreply|1|incr a 1 noreply|delete b noreply|touch a 0 noreply|get a|", "VALUE a 0 1|2|END|"
    ),
    Case("set a 0 0 2|1|get a|", "CLIENT_ERROR bad data chunk|"),
    Case("foo|", "ERROR|"),
    Case("version|", "VERSION 1.6.45|"),
    Case("verbosity 1|verbosity|", "OK|ERROR|"),
    Case("set a 0 0 1|1|flush_all|get a|set a 0 0 1|2|get a|", "STORED|OK|END|STORED|VALUE a 0 1|2|END|"),
    Case("flush_all x|flush_all -1 noreply|", "CLIENT_ERROR invalid exptime argument|"),
    Case("cache_memlimit 4|", "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m|"),
    Case("shutdown|", "SERVER_ERROR: shutdown not enabled|"),
    Case("slabs reassign 1 2|lru mode flat|lru_crawler enable|slabs|", "OK|OK|OK|ERROR|"),
    Case("stats nonsense|stats sizes|stats reset|", "ERROR|STAT sizes_status disabled|END|RESET|"),
  ]

  @Test(arguments: cases) func command(_ c: Case) throws {
    let server = try TestServer()
    // A bad data chunk is noticed only with the bytes of the next line, which it swallows in part.
    if c.replies.hasPrefix("CLIENT_ERROR bad data chunk") {
      #expect(server.client().ask(c.requests).hasPrefix(c.replies))
    } else {
      #expect(server.client().ask(c.requests) == c.replies)
    }
  }

  @Test func getsGivesTheCASThatCasWants() throws {
    let client = try TestServer().client()
    let reply = client.ask("set a 0 0 1|1|gets a|")
    let cas = try #require(reply.split(separator: "|").dropFirst().first?.split(separator: " ").last)
    #expect(
      client.ask("cas a 0 0 1 \(cas)|2|cas a 0 0 1 \(cas)|3|get a|") == "STORED|EXISTS|VALUE a 0 1|2|END|")
  }

  @Test func requestsInPiecesAreAnsweredOnce() throws {
    let client = try TestServer().client()
    for byte in "set a 0 0 3\r\nabc\r\nget a\r\nmn\r\n".utf8 { client.send([byte]) }
    let replies = String(decoding: client.receive(8 + 13 + 5 + 5 + 4), as: UTF8.self)
    #expect(replies == "STORED\r\nVALUE a 0 3\r\nabc\r\nEND\r\nMN\r\n")
  }

  @Test func repliesKeepTheOrderOfManyRequests() throws {
    let client = try TestServer().client()
    let sets = (0..<500).map { "set k\($0) 0 0 \(String($0).count)|\($0)|" }.joined()
    #expect(client.ask(sets) == String(repeating: "STORED|", count: 500))
    let gets = client.ask("get " + (0..<500).map { "k\($0)" }.joined(separator: " ") + "|")
    #expect(gets == (0..<500).map { "VALUE k\($0) 0 \(String($0).count)|\($0)|" }.joined() + "END|")
  }

  @Test(arguments: [[0x80, 0, 0, 0], Array("GET / HTTP/1.0\r\n".utf8), Array("quit\r\n".utf8)])
  func connectionIsClosed(_ bytes: [UInt8]) throws {
    let server = try TestServer()
    let client = server.client()
    client.send(bytes)
    #expect(client.isClosed)
  }
}
