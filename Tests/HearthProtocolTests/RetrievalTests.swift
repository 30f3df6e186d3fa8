import Testing

@Suite("get, gets, gat, gats")
struct RetrievalTests {
  static let cases = [
    Case("get a\r\n", "get a last"),
    Case("get a\n", "get a last"),
    Case("get abc\n", "get abc last"),
    Case("get  a  \r\n", "get a last"),
    Case("get a b\r\n", "get a", "get b last"),
    Case("get a  b \n", "get a", "get b last"),
    Case("get a a\r\nget b\r\n", "get a", "get a last", "get b last"),
    Case("gets a b c\r\n", "gets a", "gets b", "gets c last"),
    Case("get a noreply\r\n", "get a", "get noreply last"),
    Case("get \(longKey)\r\n", "get kkkkk*250 last"),
    Case("get \(longKey)\n", "get kkkkk*250 last"),
    Case("get a\tb\r\n", "get a\tb last"),
    Case("get a\rb\r\n", "get a\rb last"),
    Case("get a\r\r\n", "get a\r last"),
    Case("get a \r \r\n", "get a", "get \r last"),
    Case("get \(tooLongKey)\r\n", "protocolError badLineFormat"),
    Case("get a \(tooLongKey) b\r\nget c\r\n", "protocolError badLineFormat", "get c last"),
    Case("get \(longKey) \(longKey)\r\n", "get kkkkk*250", "get kkkkk*250 last"),
    Case("get \(tooLongKey) a\r\n", "protocolError badLineFormat"),
    Case("get a \(tooLongKey)\r\n", "protocolError badLineFormat"),
    Case("get\r\n", "protocolError badLineFormat"),
    Case("get \r\n", "protocolError badLineFormat"),
    Case("get   \n", "protocolError badLineFormat"),
    Case("gets\n", "protocolError badLineFormat"),
    Case("gat 10 a\r\n", "gat a exp=10 last"),
    Case("gat -1 a b\r\n", "gat a exp=-1", "gat b exp=-1 last"),
    Case("gats 0 a b\r\n", "gats a", "gats b last"),
    Case("gat 10\r\n", "protocolError badLineFormat"),
    Case("gat\r\n", "protocolError badLineFormat"),
    Case("gat x a\r\n", "protocolError invalidExptime"),
    Case("gat 2147483648 a\r\n", "protocolError invalidExptime"),
    Case("gat - a\r\n", "protocolError invalidExptime"),
    Case("gat x \(tooLongKey)\r\n", "protocolError invalidExptime"),
    Case("gat 1 \(tooLongKey)\r\n", "protocolError badLineFormat"),
    Case("GET a\r\n", "protocolError unknownCommand"),
    Case("getx a\r\n", "protocolError unknownCommand"),
    Case(" get a\r\n", "protocolError unknownCommand"),
    Case("get a", "incomplete"),
    Case("get a b", "incomplete"),
  ]

  @Test(arguments: cases) func parses(_ sample: Case) {
    #expect(Harness.parse(sample.input) == sample.expected)
  }

  @Test("a line just inside the window is checked as a whole")
  func checkedWindow() {
    let keys = (0..<6000).map { "key\($0 + 1000)" }
    let good = "get " + keys.joined(separator: " ") + "\r\n"
    #expect(good.utf8.count < 65536)
    var expected = keys.map { "get \($0)" }
    expected[expected.count - 1] += " last"
    #expect(Harness.parse(good) == expected)
    let bad = "get " + keys.joined(separator: " ") + " \(tooLongKey)\r\nget a\r\n"
    #expect(Harness.parse(bad) == ["protocolError badLineFormat", "get a last"])
  }

  @Test("100,000 keys stream through bounded memory", arguments: [997, 1 << 20])
  func streams(_ piece: Int) {
    let keys = (0..<100_000).map { "key:\($0)" }
    let line = Array(("get " + keys.joined(separator: " ") + "\r\nget z\r\n").utf8)
    var harness = Harness()
    for start in stride(from: 0, to: line.count, by: piece) {
      harness.feed(Array(line[start..<min(start + piece, line.count)]))
      #expect(harness.pendingCount <= 65536)
    }
    var expected = keys.map { "get \($0)" }
    expected[expected.count - 1] += " last"
    #expect(harness.finish() == expected + ["get z last"])
  }

  @Test("a bad key beyond the window ends the answer, the rest of the line is skipped")
  func badKeyInStream() {
    let keys = (0..<10_000).map { "key:\($0)" }
    let line = "gets " + keys.joined(separator: " ") + " \(tooLongKey) b c\r\nget z\r\n"
    #expect(Harness.parse(line) == keys.map { "gets \($0)" } + ["protocolError badLineFormat", "get z last"])
  }

  @Test("a bad key in the window of a longer line is the whole answer")
  func badKeyInWindow() {
    let line =
      "get a \(tooLongKey) " + (0..<10_000).map { "key:\($0)" }.joined(separator: " ") + "\nget z\r\n"
    #expect(Harness.parse(line) == ["protocolError badLineFormat", "get z last"])
  }

  @Test("spaces without end are no way to fill memory")
  func spaces() {
    let run = String(repeating: " ", count: 3000)
    let window = String(repeating: " ", count: 70_000)
    #expect(Harness.parse("get a\(run)b\r\n") == ["get a", "get b last"])
    #expect(Harness.parse("get \(window)a\r\nmn\r\n") == ["protocolError badLineFormat", "metaNoop"])
    let keys = (0..<10_000).map { "key:\($0)" }
    let line = "get " + keys.joined(separator: " ") + run + "b\r\nmn\r\n"
    let expected = keys.dropLast().map { "get \($0)" } + ["protocolError badLineFormat", "metaNoop"]
    #expect(Harness.parse(line) == expected)
  }

  @Test("the line ending may fall on either side of the window's end", arguments: 65533...65537)
  func endAtWindow(_ length: Int) {
    // Keys of 9 bytes and a space, then one that fills up to the wanted length.
    let head = "get " + String(repeating: "123456789 ", count: 6545)
    let last = String(repeating: "x", count: length - head.utf8.count)
    let expected = Array(repeating: "get 123456789", count: 6545) + ["get \(last) last", "get z last"]
    let shown =
      last.count > 40 ? expected.dropLast(2) + ["get xxxxx*\(last.count) last", "get z last"] : expected[...]
    for ending in ["\n", "\r\n", " \r\n"] {
      let line = Array((head + last + ending + "get z\n").utf8)
      #expect(Harness.parse([line]) == Array(shown))
      #expect(Harness.parse([Array(line[..<65530])] + line[65530...].map { [$0] }) == Array(shown))
    }
  }

  @Test("a key of 250 bytes around the window's end is not too long, one of 251 is")
  func longKeyAtWindow() {
    let keys = Array(repeating: "123456789", count: 6520)
    let good = keys.map { "get \($0)" } + ["get xxx", "get kkkkk*250 last", "metaNoop"]
    for length in [65533, 65534, 65535, 65536, 65537, 65785, 65786, 65787] {
      // `length` is where the long key ends.
      let head = "get " + keys.map { $0 + " " }.joined()
      let spaces = String(repeating: " ", count: length - head.utf8.count - 3 - 250)
      let line = Array("\(head)xxx\(spaces)\(longKey)\r\nmn\r\n".utf8)
      #expect(Harness.parse([line]) == good)
      #expect(Harness.parse([Array(line[..<65530])] + line[65530...].map { [$0] }) == good)

      let bad = Array("\(head)xxx\(spaces)\(tooLongKey)\r\nmn\r\n".utf8)
      let refused = Harness.parse([bad])
      #expect(refused.suffix(2) == ["protocolError badLineFormat", "metaNoop"])
      #expect(Harness.parse([Array(bad[..<65530])] + bad[65530...].map { [$0] }) == refused)
    }
  }
}
