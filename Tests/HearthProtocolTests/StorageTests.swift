import HearthProtocol
import Testing

@Suite("set, add, replace, append, prepend, cas")
struct StorageTests {
  static let cases = [
    Case("set a 0 0 1\r\nx\r\n", "set a data=\"x\""),
    Case("set a 0 0 1\nx\r\n", "set a data=\"x\""),
    Case("set a 0 0 0\r\n\r\n", "set a data=\"\""),
    Case("set a 5 60 3 noreply\r\nabc\r\nmn\r\n", "set a flags=5 exp=60 data=\"abc\" noreply", "metaNoop"),
    Case("set a 5 60 3 noreply\nabc\r\n", "set a flags=5 exp=60 data=\"abc\" noreply"),
    Case("set  a  5  60  3  noreply \r\nabc\r\n", "set a flags=5 exp=60 data=\"abc\" noreply"),
    Case("set a 0 0 1 extra\r\nx\r\n", "set a data=\"x\""),
    Case("set a 0 0 1 extra noreply\r\nx\r\n", "set a data=\"x\" noreply"),
    Case("set a 0 0 1 noreply extra\r\nx\r\n", "set a data=\"x\""),
    Case("set a 0 0 1 noreplyx\r\nx\r\n", "set a data=\"x\""),
    Case("set a 0 -1 1\r\nx\r\n", "set a exp=-1 data=\"x\""),
    Case("set a 4294967295 0 1\r\nx\r\n", "set a flags=4294967295 data=\"x\""),
    Case("set a 4294967296 0 1\r\nx\r\n", "set a data=\"x\""),
    Case("set a 4294967297 0 1\r\nx\r\n", "set a flags=1 data=\"x\""),
    Case("set a +7 +8 1\r\nx\r\n", "set a flags=7 exp=8 data=\"x\""),
    Case("set a -0 0 1\r\nx\r\n", "set a data=\"x\""),
    Case("set a 0 2147483648 1\r\nx\r\n", "set a exp=-2147483648 data=\"x\""),
    Case("set a 0 4294967296 1\r\nx\r\n", "set a data=\"x\""),
    Case("set a 0 0 00000000001\r\nx\r\n", "set a data=\"x\""),
    Case("set \(longKey) 0 0 1\r\nx\r\n", "set kkkkk*250 data=\"x\""),
    Case("add a 0 0 1\r\nx\r\n", "add a data=\"x\""),
    Case("replace a 0 0 1\r\nx\r\n", "replace a data=\"x\""),
    Case("append a 0 0 1\r\nx\r\n", "append a data=\"x\""),
    Case("prepend a 0 0 1\r\nx\r\n", "prepend a data=\"x\""),
    Case("cas a 0 0 1 77\r\nx\r\n", "cas a n=77 data=\"x\""),
    Case(
      "cas a 0 0 1 18446744073709551615 noreply\r\nx\r\n", "cas a n=18446744073709551615 data=\"x\" noreply"),
    // A block may hold anything.
    Case("set a 0 0 6\r\nget b\n\r\nmn\r\n", "set a data=\"get b\\n\"", "metaNoop"),
    // The length is no number: nothing is dropped, the data is read as commands.
    Case("set a 0 0 x\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0 x noreply\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0 -1\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0 +1\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0 2147483646\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0 99999999999\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0 000000000001\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 0\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set a 0 noreply\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("set \r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    Case("cas\r\nget b\r\n", "protocolError badLineFormat", "get b last"),
    // The length is a number: the block is dropped.
    Case("set a -1 0 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a x 0 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a 1x 0 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a 0 x 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a 0 - 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a 0 9223372036854775808 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a 99999999999999999999 0 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("set a x 0 5 noreply\r\nget b\r\nmn\r\n", "protocolError badLineFormat noreply", "metaNoop"),
    Case("set \(tooLongKey) 0 0 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case(
      "set \(tooLongKey) 0 0 5 noreply\r\nget b\r\nmn\r\n", "protocolError badLineFormat noreply", "metaNoop"),
    Case("cas a 0 0 5\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("cas a 0 0 5 x\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("cas a 0 0 5 -1\r\nget b\r\nmn\r\n", "protocolError badLineFormat", "metaNoop"),
    Case("cas a 0 0 5 noreply\r\nget b\r\nmn\r\n", "protocolError badLineFormat noreply", "metaNoop"),
    Case(
      "set a x 0 200\r\n\(String(repeating: "z", count: 200))\r\nmn\r\n", "protocolError badLineFormat",
      "metaNoop"),
    // Data not followed by CR LF: as many bytes as announced and two are gone.
    Case("set a 0 0 1\r\nabcmn\r\n", "protocolError badDataChunk", "metaNoop"),
    Case("set a 0 0 3\r\nab\r\nmn\r\n", "protocolError badDataChunk", "protocolError badLineFormat"),
    Case("set a 0 0 1\r\nx\n\nmn\r\n", "protocolError badDataChunk", "metaNoop"),
    Case("set a 0 0 1 noreply\r\nabcmn\r\n", "protocolError badDataChunk noreply", "metaNoop"),
    // Too long to wait for: left to the session.
    Case(
      "set a 1 2 65\r\n\(String(repeating: "z", count: 65))\r\nmn\r\n", "set a flags=1 exp=2 body=65",
      "metaNoop"),
    Case("set a 1 2 2147483645\r\nzz", "set a flags=1 exp=2 body=2147483645", "incomplete"),
    Case(
      "append a 0 0 65 noreply\r\n\(String(repeating: "z", count: 67))mn\r\n", "append a body=65 noreply",
      "metaNoop"),
    Case("set a 0 0 5\r\nabc", "incomplete"),
    Case("set a 0 0 5\r\nabcde\r", "incomplete"),
    Case("set a 0 0 5", "incomplete"),
    Case("set a x 0 5\r\nabc", "protocolError badLineFormat", "incomplete"),
  ]

  @Test(arguments: cases) func parses(_ sample: Case) {
    #expect(Harness.parse(sample.input) == sample.expected)
  }

  @Test("what a waiting block needs in all is told")
  func wanted() {
    var parser = RequestParser()
    var request = Request()
    let line = Array("set a 0 0 50\r\nabc".utf8)
    let step = line.withUnsafeBytes { parser.next($0, at: 0, inlineLimit: 64, &request) }
    #expect(step == .needMore(0))
    #expect(parser.wanted == 14 + 52)
  }

  @Test("a refused large block is swallowed on request")
  func swallow() {
    var parser = RequestParser()
    var request = Request()
    let input = Array("set a 0 0 100\r\n\(String(repeating: "z", count: 100))\r\nget b\r\n".utf8)
    input.withUnsafeBytes { input in
      #expect(parser.next(input, at: 0, inlineLimit: 8, &request) == .request(15))
      #expect(request.bodyFollows)
      parser.swallow(102)
      #expect(parser.next(input, at: 15, inlineLimit: 8, &request) == .request(102 + 7))
      #expect(request.verb == .get)
    }
  }
}
