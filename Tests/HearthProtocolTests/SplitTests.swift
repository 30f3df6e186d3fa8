import Testing

/// The network cuts a stream anywhere; the requests must not depend on it.
@Suite("Input in pieces")
struct SplitTests {
  static let samples =
    RetrievalTests.cases + StorageTests.cases + OneKeyTests.cases + LineTests.cases + MetaLineTests.cases

  @Test(arguments: samples) func twoPieces(_ sample: Case) {
    let bytes = Array(sample.input.utf8)
    for cut in 0...bytes.count {
      #expect(
        Harness.parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == sample.expected, "cut at \(cut)")
    }
  }

  @Test(arguments: samples) func byteByByte(_ sample: Case) {
    #expect(Harness.parse(sample.input.utf8.map { [$0] }) == sample.expected)
  }

  @Test("everything that leaves the connection in step, in one pipeline")
  func pipeline() {
    let whole = Self.samples.filter { $0.expected.last != "incomplete" && $0.expected.last != "close" }
      .filter { !$0.expected.contains { $0.contains("body=") } }
    let bytes = whole.flatMap { Array($0.input.utf8) }
    let expected = whole.flatMap(\.expected)
    #expect(Harness.parse([bytes]) == expected)
    for size in [1, 2, 3, 7, 64, 1000, 4096] {
      let pieces = stride(from: 0, to: bytes.count, by: size).map {
        Array(bytes[$0..<min($0 + size, bytes.count)])
      }
      #expect(Harness.parse(pieces) == expected, "pieces of \(size)")
    }
  }

  @Test("a long retrieval line, cut around its window's end")
  func longLine() {
    let keys = (0..<8000).map { "key:\($0)" }
    let bytes = Array(("gats 5 " + keys.joined(separator: " ") + "  \r\nget z\r\n").utf8)
    let expected = Harness.parse([bytes])
    #expect(expected.count == 8001)
    for cut in Array(65530..<65550) + Array(bytes.count - 12...bytes.count) {
      #expect(Harness.parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected, "cut at \(cut)")
    }
    let tail = bytes[65500...].map { [$0] }
    #expect(Harness.parse([Array(bytes[..<65500])] + tail) == expected)
  }
}
