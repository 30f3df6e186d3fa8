import HearthProtocol
import Testing

@Suite("Lines")
struct LineTests {
  static let cases = [
    Case("\r\n", "protocolError badLineFormat"),
    Case("\n", "protocolError badLineFormat"),
    Case("a\r\n", "protocolError badLineFormat"),
    Case("ab\r\n", "protocolError unknownCommand"),
    Case("nonsense noreply\r\n", "protocolError unknownCommand"),
    Case("nonsense\r\nmn\r\n", "protocolError unknownCommand", "metaNoop"),
    Case("get\0 a\r\n", "protocolError unknownCommand"),
    Case("Set a 0 0 1\r\nmn\r\n", "protocolError unknownCommand", "metaNoop"),
    Case("GET / HTTP/1.1\r\nHost: x\r\n", "close"),
    Case("POST /x HTTP/1.0\n", "close"),
    Case("GET / HTTP\r\n", "protocolError unknownCommand"),
    Case("HTTP/1.1\r\n", "protocolError unknownCommand"),
    Case("get HTTP/1.1\r\n", "get HTTP/1.1 last"),
    Case(" mn\r\n", "protocolError unknownCommand"),
    Case("mnx\r\n", "protocolError unknownCommand"),
  ]

  @Test(arguments: cases) func parses(_ sample: Case) {
    #expect(Harness.parse(sample.input) == sample.expected)
  }

  @Test("nothing comes of nothing")
  func empty() {
    var parser = RequestParser()
    var request = Request()
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(parser.next(none, at: 0, inlineLimit: 64, &request) == .needMore(0))
  }

  @Test("the binary protocol is closed at its first byte, also between commands")
  func binary() {
    #expect(Harness.parse([[0x80]]) == ["close"])
    #expect(Harness.parse([[0x80, 0, 0, 3, 0, 0]]) == ["close"])
    #expect(Harness.parse([Array("mn\r\n".utf8) + [0x80]]) == ["metaNoop", "close"])
  }

  @Test("a line beyond 2048 bytes without an end is closed, a retrieval line is not")
  func endless() {
    let filler = String(repeating: "x", count: 2045)
    #expect(Harness.parse("set \(filler.dropLast())") == ["incomplete"])
    #expect(Harness.parse("set \(filler)") == ["close"])
    #expect(Harness.parse("mg a \(filler)") == ["close"])
    #expect(Harness.parse("ms a 1 \(filler)") == ["close"])
    #expect(Harness.parse("delete \(filler)") == ["close"])
    #expect(Harness.parse("getx\(filler)") == ["close"])
    #expect(Harness.parse("getsx\(filler)") == ["close"])
    #expect(Harness.parse("get\(filler)x") == ["close"])
    for word in ["get ", "gets ", "gat 1 ", "gats 1 "] {
      #expect(Harness.parse(word + filler + filler) == ["incomplete"])
    }
    #expect(Harness.parse([Array(repeating: 0x61, count: 1 << 20)]) == ["close"])
  }

  @Test("a line beyond 2048 bytes that is here as a whole is answered")
  func longButWhole() {
    let key = String(repeating: "x", count: 3000)
    #expect(
      Harness.parse("set \(key) 0 0 1\r\nx\r\nmn\r\n") == ["protocolError badLineFormat", "metaNoop"])
    let longer = String(repeating: "x", count: 20_000)
    #expect(Harness.parse("delete \(longer)\r\n") == ["close"])
  }

  @Test("memory stays bounded whatever comes", arguments: ["get ", "gat 5 ", "set ", "mg ", "", "get a "])
  func bounded(_ head: String) {
    for filler in [UInt8(ascii: "x"), UInt8(ascii: " "), 0, 0xff, 13] {
      var harness = Harness()
      harness.feed(Array(head.utf8))
      for _ in 0..<200 {
        harness.feed(Array(repeating: filler, count: 1000))
        #expect(harness.pendingCount <= ProtocolLimit.keyWindow + 1000)
      }
    }
  }
}
