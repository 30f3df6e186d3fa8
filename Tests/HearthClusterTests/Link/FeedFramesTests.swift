import Testing

@testable import HearthCluster

/// What the node that runs a feed and the primaries of its keys say to each other.
@Suite struct FeedFramesTests {
  @Test func `mutations follow each other as they were written`() throws {
    var bytes: [UInt8] = []
    let key = Array("user:1".utf8)
    let store = FeedMutation(.store, pool: 3, keyLength: key.count, valueLength: 4, flags: 7, ttl: 60)
    let remove = FeedMutation(.remove, pool: 255, keyLength: key.count)
    key.withUnsafeBytes { store.encode($0, into: &bytes) }
    bytes += Array("text".utf8)
    key.withUnsafeBytes { remove.encode($0, into: &bytes) }
    try bytes.withUnsafeBytes { bytes in
      let first = try #require(FeedMutation(bytes))
      #expect(first == store && first.size == 16 + 6 + 4)
      #expect(bytes[first.headSize..<first.size].elementsEqual("text".utf8))
      let second = try #require(FeedMutation(UnsafeRawBufferPointer(rebasing: bytes[first.size...])))
      #expect(second == remove && first.size + second.size == bytes.count)
    }
  }

  @Test(arguments: [
    [], [1, 0, 1, 0], [9, 0, 1, 0] + [UInt8](repeating: 0, count: 13),
    [1, 0, 0, 0] + [UInt8](repeating: 0, count: 20),
    [1, 0, 251, 0] + [UInt8](repeating: 0, count: 300), [1, 0, 200, 0] + [UInt8](repeating: 0, count: 100),
  ])
  func `what is no mutation is none`(bytes: [UInt8]) {
    #expect(bytes.withUnsafeBytes { FeedMutation($0) } == nil)
  }

  @Test func `an effect tells what was found and how it ended`() {
    let effect = FeedEffect.stored.after(.foundMissing)
    #expect(effect.end == .stored && effect.found == .foundMissing && effect != .stored)
    #expect(FeedEffect.equal.found == .none && FeedEffect.tooLarge.after(.none) == .tooLarge)
  }

  @Test func `walks are asked for and answered`() throws {
    let request = FeedWalkRequest(view: 9, pool: 2, place: (5, .max), prefix: Array("user:".utf8))
    #expect(request.bytes.withUnsafeBytes { FeedWalkRequest($0) } == request)
    #expect(Array(request.bytes[..<31]).withUnsafeBytes { FeedWalkRequest($0) } == nil)
    var answer = FeedWalkAnswer(place: (6, 1), goesOn: true)
    for key in ["user:1", "user:22"] { Array(key.utf8).withUnsafeBytes { answer.add($0) } }
    let read = try #require(answer.bytes.withUnsafeBytes { FeedWalkAnswer($0) })
    var keys: [String] = []
    read.forEach { keys.append(String(decoding: $0, as: UTF8.self)) }
    #expect(keys == ["user:1", "user:22"] && read.place == (6, 1) && read.goesOn)
    #expect([FeedAnswer.notNow].withUnsafeBytes { FeedWalkAnswer($0) } == nil)
    // A length that goes beyond the end costs nothing but the rest.
    var cut = read
    cut.keys.removeLast()
    keys = []
    cut.forEach { keys.append(String(decoding: $0, as: UTF8.self)) }
    #expect(keys == ["user:1", "user:2"])
  }
}
