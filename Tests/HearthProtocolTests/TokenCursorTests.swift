import HearthProtocol
import Testing

@Suite("Arguments of administrative commands")
struct TokenCursorTests {
  @Test func walk() throws {
    let bytes = Array("stats  detail on 12 -3 x 4294967296\r\n".utf8)
    try bytes.withUnsafeBytes { input in
      var parser = RequestParser()
      var request = Request()
      #expect(parser.next(input, at: 0, inlineLimit: 0, &request) == .request(input.count))
      var cursor = TokenCursor(request, in: input)
      #expect(cursor.count == 6)
      let first = cursor.next()
      let detail = try #require(first)
      #expect(detail.equals("detail"))
      #expect(!detail.equals("details"))
      #expect(detail.abbreviates("detailed"))
      #expect(!detail.abbreviates("det"))
      let second = cursor.next()
      #expect(second?.text == "on")
      let third = cursor.next()
      #expect(third?.uint32 == 12)
      let fourth = cursor.next()
      let negative = try #require(fourth)
      #expect(negative.uint32 == nil)
      #expect(negative.int32 == -3)
      let word = cursor.next()
      #expect(word?.uint32 == nil)
      let large = cursor.next()
      #expect(large?.uint32 == nil)
      let end = cursor.next()
      #expect(end == nil)
      #expect(cursor.count == 0)
    }
  }

  @Test func none() {
    let bytes = Array("stats\r\n".utf8)
    bytes.withUnsafeBytes { input in
      var parser = RequestParser()
      var request = Request()
      _ = parser.next(input, at: 0, inlineLimit: 0, &request)
      var cursor = TokenCursor(request, in: input)
      let end = cursor.next()
      #expect(end == nil)
    }
  }
}
