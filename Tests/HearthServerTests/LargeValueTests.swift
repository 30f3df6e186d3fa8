import Testing

@Suite struct LargeValueTests {
  static func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
  }

  /// Around every border: inline values, parts, segments, direct receiving.
  @Test(arguments: [8191, 8192, 16383, 16384, 16385, 32768, 65535, 65536, 65537, 131_073, 300_000, 1_048_000])
  func comesBackAsItWasStored(_ size: Int) throws {
    let server = try TestServer()
    let client = server.client()
    let value = Self.pattern(size)
    client.send(Array("set a 3 0 \(size)\r\n".utf8) + value + Array("\r\nget a\r\n".utf8))
    #expect(client.receive(8) == Array("STORED\r\n".utf8))
    let head = Array("VALUE a 3 \(size)\r\n".utf8)
    #expect(client.receive(head.count) == head)
    #expect(client.receive(size) == value)
    #expect(client.receive(7) == Array("\r\nEND\r\n".utf8))
  }

  @Test func tooLargeIsSwallowedAndASetDeletesWhatWasThere() throws {
    let server = try TestServer()
    let client = server.client()
    let block = String(repeating: "x", count: 1 << 20)
    let error = "SERVER_ERROR object too large for cache|"
    #expect(
      client.ask("set a 0 0 1|1|add a 0 0 \(1 << 20)|\(block)|get a|") == "STORED|\(error)VALUE a 0 1|1|END|")
    #expect(client.ask("set a 0 0 \(1 << 20)|\(block)|get a|") == "\(error)END|")
    #expect(client.ask("set a 0 0 1|1|set a 0 0 \(1 << 20) noreply|\(block)|get a|") == "STORED|END|")
    #expect(client.ask("ms a 1|1|ms a \(1 << 20) q|\(block)|mg a|") == "HD|\(error)EN|")
  }

  @Test func limitIsMemcachedsToTheByte() throws {
    let server = try TestServer()
    let client = server.client()
    // 48 + 8 + key and NUL + value + CR LF, and 4 for client flags that are not 0.
    let most = (1 << 20) - 48 - 8 - 2 - 2
    let fits = String(repeating: "x", count: most)
    #expect(client.ask("set a 0 0 \(most)|\(fits)|") == "STORED|")
    #expect(client.ask("set a 0 0 \(most + 1)|\(fits)x|") == "SERVER_ERROR object too large for cache|")
    #expect(client.ask("set a 1 0 \(most)|\(fits)|") == "SERVER_ERROR object too large for cache|")
  }

  @Test func appendAndPrependCrossIntoLargeValues() throws {
    let server = try TestServer()
    let client = server.client()
    let long = String(repeating: "l", count: 70_000)
    #expect(
      client.ask("set a 4 0 3|abc|append a 0 0 70000|\(long)|prepend a 0 0 1|<|mg a s f|")
        == "STORED|STORED|STORED|HD s70004 f4|")
    #expect(client.ask("get a|") == "VALUE a 4 70004|<abc\(long)|END|")
    #expect(client.ask("ms b 70000 MA N0|\(long)|ms b 1 MP s|>|mg b v|") == "HD|HD s70001|VA 70001|>\(long)|")
  }

  @Test func aMissingLineEndIsABadDataChunk() throws {
    let server = try TestServer()
    let client = server.client()
    let long = String(repeating: "l", count: 70_000)
    #expect(client.ask("set a 0 0 70000|\(long)xxget a|") == "CLIENT_ERROR bad data chunk|END|")
  }

  @Test func aClientThatDoesNotReadGetsEverythingInTheEnd() throws {
    let server = try TestServer()
    let client = server.client()
    let value = Self.pattern(200_000)
    client.send(Array("set a 0 0 200000\r\n".utf8) + value + Array("\r\n".utf8))
    #expect(client.receive(8) == Array("STORED\r\n".utf8))
    client.send(String(repeating: "get a\r\n", count: 100))
    let reply = Array("VALUE a 0 200000\r\n".utf8) + value + Array("\r\nEND\r\n".utf8)
    for _ in 0..<100 { #expect(client.receive(reply.count) == reply) }
  }
}
