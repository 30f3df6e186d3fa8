import Testing

@Suite("pipelining")
struct PipelineTests {
  @Test func `10,000 commands in one write are answered in order`() throws {
    let client = try Daemon().connect()
    var request = ""
    var expected = ""
    for i in 0..<2500 {
      let value = String(repeating: "v", count: i % 97)
      request +=
        "set key\(i) \(i) 0 \(value.utf8.count)\r\n\(value)\r\nget key\(i)\r\nmg key\(i) f s\r\ndelete key\(i)\r\n"
      expected +=
        "STORED\r\nVALUE key\(i) \(i) \(value.utf8.count)\r\n\(value)\r\nEND\r\nHD f\(i) s\(value.utf8.count)\r\nDELETED\r\n"
    }
    let received = try client.exchange(Array((request + "mn\r\n").utf8), end: "MN\r\n")
    #expect(received == Array((expected + "MN\r\n").utf8))
  }

  @Test func `100,000 keys in one get`() throws {
    let client = try Daemon().connect()
    for i in stride(from: 0, to: 100_000, by: 100) {
      try client.say("set key\(i) 0 0 1\nx", "STORED")
    }
    let line = "get" + (0..<100_000).map { " key\($0)" }.joined()
    let received = try client.exchange(Array((line + "\r\nmn\r\n").utf8), end: "MN\r\n")
    let expected =
      stride(from: 0, to: 100_000, by: 100).map { "VALUE key\($0) 0 1\r\nx\r\n" }.joined() + "END\r\nMN\r\n"
    #expect(received == Array(expected.utf8))
  }

  @Test func `a bad key far behind in a long multiget ends its answer with an error`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let many = String(repeating: " a", count: 60_000)
    let line = "get" + many + " " + String(repeating: "k", count: 251) + many
    let received = String(
      decoding: try client.exchange(Array((line + "\r\nmn\r\n").utf8), end: "MN\r\n"), as: UTF8.self)
    // Keys beyond the first 64 KiB are answered as they come.
    #expect(received.hasSuffix("CLIENT_ERROR bad command line format\r\nMN\r\n"))
    #expect(!received.contains("END"))
    try client.say("get a", "VALUE a 0 1\nx\nEND")
  }

  @Test func `large values one after another on one connection`() throws {
    let client = try Daemon(["-m", "128"]).connect()
    let sizes = [16_000, 16_384, 16_385, 33_000, 131_072, 500_000, 1_000_000]
    for size in sizes {
      try client.say("set k\(size) 0 0 \(size)\n" + String(repeating: "a", count: size), "STORED")
    }
    var request = ""
    var expected = ""
    for _ in 0..<5 {
      for size in sizes {
        request += "get k\(size) none\r\nmg k\(size) v\r\n"
        let value = String(repeating: "a", count: size)
        expected += "VALUE k\(size) 0 \(size)\r\n\(value)\r\nEND\r\nVA \(size)\r\n\(value)\r\n"
      }
    }
    let received = try client.exchange(Array((request + "mn\r\n").utf8), end: "MN\r\n")
    #expect(received.count == expected.utf8.count + 4)
    #expect(received == Array((expected + "MN\r\n").utf8))
  }
}
