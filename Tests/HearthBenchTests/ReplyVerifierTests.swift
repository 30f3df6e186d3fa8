import Testing

@testable import hearth_bench

@Suite struct ReplyVerifierTests {
  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func everything() -> Conversation {
    var talk = Conversation()
    talk.ask(.get, key: 1) { $0.block(1) + bytes("END\r\n") }
    talk.ask(.get, key: 2) { _ in bytes("END\r\n") }
    talk.ask(.gets, key: 3) { $0.block(3, unique: " 987") + bytes("END\r\n") }
    talk.ask(.mg, key: 4) { bytes("VA 20\r\n") + $0.value(4) + bytes("\r\n") }
    talk.ask(.mg, key: 5) { _ in bytes("EN\r\n") }
    talk.ask(.set, key: 6) { _ in bytes("STORED\r\n") }
    talk.ask(.add, key: 6) { _ in bytes("NOT_STORED\r\n") }
    talk.ask(.ms, key: 7) { _ in bytes("HD\r\n") }
    talk.ask(.touch, key: 8) { _ in bytes("TOUCHED\r\n") }
    talk.ask(.delete, key: 9) { _ in bytes("NOT_FOUND\r\n") }
    talk.ask(.incr, key: 10) { _ in bytes("1234\r\n") }
    talk.askMany([11, 12, 13, 11], hits: [12, 13])
    talk.ask(.mn, key: 0) { _ in bytes("MN\r\n") }
    return talk
  }

  @Test(arguments: Array(1...40) + [100, 1000]) func repliesMaySplitAnywhere(pieces: Int) throws {
    let talk = everything()
    let outcome = try #require(talk.verify(talk.replies, pieces: pieces))
    #expect(outcome.answered == talk.pending.count)
    #expect(outcome.counts.operations == 16)
    #expect(outcome.counts.hits == 10)
    #expect(outcome.counts.misses == 6)
    #expect(outcome.counts.errors == 0)
  }

  /// Whatever byte a server gets wrong, the replies no longer count as the right ones.
  @Test func everyWrongByteIsNoticed() throws {
    let talk = everything()
    let right = try #require(talk.verify(talk.replies, pieces: 4096))
    // The digits of a cas unique and of a counter may be any.
    let free = Set(find("987", talk.replies) + find("1234", talk.replies))
    for i in talk.replies.indices where !free.contains(i) {
      var replies = talk.replies
      replies[i] ^= 0x55
      let outcome = talk.verify(replies, pieces: 4096)
      let same = outcome.map { $0.counts == right.counts && $0.answered == right.answered } ?? false
      #expect(!same, "byte \(i)")
    }
  }

  private func find(_ text: String, _ bytes: [UInt8]) -> [Int] {
    let wanted = Array(text.utf8)
    let start = bytes.indices.first { Array(bytes[$0...].prefix(wanted.count)) == wanted }
    return start.map { Array($0..<($0 + wanted.count)) } ?? []
  }

  @Test func anotherKeysValueIsWrong() {
    var talk = Conversation()
    talk.ask(.get, key: 1) { $0.block(2) + bytes("END\r\n") }
    #expect(talk.verify(talk.replies, pieces: 100) == nil)
  }

  @Test func aReplyThatNobodyAskedForIsWrong() {
    var talk = Conversation()
    talk.ask(.set, key: 1) { _ in bytes("STORED\r\nSTORED\r\n") }
    #expect(talk.verify(talk.replies, pieces: 100) == nil)
  }

  @Test func refusalsAreCountedAndTheStreamGoesOn() throws {
    var talk = Conversation()
    talk.ask(.set, key: 1) { _ in bytes("SERVER_ERROR out of memory storing object\r\n") }
    talk.ask(.get, key: 2) { $0.block(2) + bytes("END\r\n") }
    for pieces in [1, 7, 1000] {
      let outcome = try #require(talk.verify(talk.replies, pieces: pieces))
      #expect(outcome.counts.refused == 1)
      #expect(outcome.counts.hits == 1)
      #expect(outcome.complaint == "SERVER_ERROR out of memory storing object\\r\\n")
    }
  }

  @Test func aRefusedMultigetAnswersAllItsKeys() throws {
    var talk = Conversation()
    talk.askMany([1, 2, 3], hits: [])
    let outcome = try #require(talk.verify(bytes("CLIENT_ERROR bad command line format\r\n"), pieces: 5))
    #expect(outcome.counts.refused == 3)
    #expect(outcome.answered == 3)
  }

  @Test func anUnfinishedReplyIsNotAnAnswer() throws {
    var talk = Conversation()
    talk.ask(.get, key: 1) { $0.block(1) + bytes("END\r\n") }
    let outcome = try #require(talk.verify(Array(talk.replies.dropLast()), pieces: 3))
    #expect(outcome.answered == 0)
    #expect(outcome.counts.operations == 0)
  }
}
