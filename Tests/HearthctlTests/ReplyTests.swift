import Testing

@testable import hearthctl

/// HTTP replies, however they are cut on the way.
@Suite struct ReplyTests {
  private static let text = "HTTP/1.1 200 OK\r\nX: y\r\ncontent-length:  4\r\n\r\nbody"

  /// In words that the macro can take apart.
  private func add(_ bytes: [UInt8], _ reply: inout HTTPReply) -> Bool { reply.add(bytes) }

  @Test func inOnePieceAndInManySmallOnes() {
    for size in [1, 2, 3, 7, 1000] {
      var reply = HTTPReply()
      var rest = Array(Self.text.utf8)[...]
      while !rest.isEmpty {
        #expect(!reply.isComplete)
        #expect(add(Array(rest.prefix(size)), &reply))
        rest = rest.dropFirst(size)
      }
      #expect(reply.status == 200 && reply.isComplete && reply.isWhole)
      #expect(reply.body == Array("body".utf8))
    }
  }

  @Test func withoutALengthItEndsWithTheConnection() {
    var reply = HTTPReply()
    #expect(add(Array("HTTP/1.0 409 Conflict\r\n\r\nrest".utf8), &reply))
    #expect(reply.status == 409 && !reply.isComplete && reply.isWhole)
    #expect(reply.body == Array("rest".utf8))
  }

  @Test func aCutReplyIsNotWhole() {
    var reply = HTTPReply()
    #expect(add(Array(Self.text.utf8.dropLast()), &reply))
    #expect(!reply.isWhole)
    var headOnly = HTTPReply()
    #expect(add(Array("HTTP/1.1 200 OK\r\n".utf8), &headOnly))
    #expect(!headOnly.isWhole)
  }

  @Test(arguments: [
    "ERROR\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 x\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", String(repeating: "x", count: 70_000),
  ])
  func noReply(text: String) {
    var reply = HTTPReply()
    #expect(!add(Array(text.utf8), &reply))
  }
}
