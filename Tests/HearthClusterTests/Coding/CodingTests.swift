import Testing

@testable import HearthCluster

@Suite("What nodes tell each other and keep")
struct CodingTests {
  private static let seeds: UInt64 = 300

  private func encoded(_ message: ControlMessage) -> [UInt8] {
    var bytes: [UInt8] = []
    message.encode(into: &bytes)
    return bytes
  }

  private func message(_ bytes: [UInt8]) -> ControlMessage? {
    bytes.withUnsafeBytes { ControlMessage(decoding: $0) }
  }

  @Test(arguments: 0...10) func `a message comes out as it went in`(_ kind: Int) throws {
    var random = SeededGenerator(UInt64(kind))
    for _ in 0..<Self.seeds {
      let sent = random.message(kind: kind)
      let bytes = encoded(sent)
      let received = try #require(message(bytes))
      // The description shows every field.
      #expect("\(received)" == "\(sent)")
      #expect(encoded(received) == bytes)
      #expect(bytes.count < PeerFrame.payloadLimit)
    }
  }

  @Test func `a view comes out with all that follows from it`() throws {
    for seed in 0..<Self.seeds {
      var random = SeededGenerator(seed)
      let view = random.view()
      var bytes: [UInt8] = [1, 2, 3]
      view.encode(into: &bytes)
      #expect(bytes.prefix(3) == [1, 2, 3])
      bytes.removeFirst(3)
      let read = try #require(bytes.withUnsafeBytes { View(decoding: $0) })
      #expect(read == view && read.orders == view.orders && read.ready == view.ready)
    }
  }

  @Test func `a node's state comes out as it went in`() throws {
    for seed in 0..<Self.seeds {
      var random = SeededGenerator(seed)
      let state = random.durableState()
      var bytes: [UInt8] = []
      state.encode(into: &bytes)
      #expect(bytes.withUnsafeBytes { DurableState(decoding: $0) } == state)
      #expect(bytes.withUnsafeBytes { View(decoding: $0) } == nil)
      for length in stride(from: 0, to: bytes.count, by: bytes.count / 50 + 1) {
        #expect(bytes.prefix(length).withUnsafeBytes { DurableState(decoding: $0) } == nil)
      }
    }
  }

  @Test(arguments: 0...10) func `no beginning of a message is one, nor one with more behind it`(_ kind: Int) {
    var random = SeededGenerator(UInt64(kind) + 100)
    for _ in 0..<20 {
      var bytes = encoded(random.message(kind: kind))
      for length in bytes.indices { #expect(message(Array(bytes[..<length])) == nil) }
      bytes.append(0)
      #expect(message(bytes) == nil)
    }
  }

  @Test(arguments: 0...10) func `whatever is read has only one form`(_ kind: Int) {
    var random = SeededGenerator(UInt64(kind) + 200)
    for _ in 0..<Self.seeds {
      var bytes = encoded(random.message(kind: kind))
      for _ in 0..<30 {
        let place = random.below(bytes.count)
        let old = bytes[place]
        bytes[place] = UInt8(truncatingIfNeeded: random.next())
        if let read = message(bytes) { #expect(encoded(read) == bytes) }
        if random.chance(80) { bytes[place] = old }
      }
    }
  }

  @Test func `another version is not read`() {
    var random = SeededGenerator(1)
    var bytes = encoded(random.message(kind: 4))
    bytes[1] += 1
    #expect(message(bytes) == nil)
  }

  @Test func `numbers that cannot be calculated with are not read`() {
    var bytes = encoded(.promise(view: 3, sequence: 4))
    #expect(message(bytes) != nil)
    bytes[bytes.count - 1] = 0xff
    #expect(message(bytes) == nil)
  }

  @Test func `a view of other pools does not fit the map`() {
    let map = ClusterMap(nodes: Scenario.nodes(2), pools: [MapPool(name: "p", copies: [[0], [1]])])
    let larger = ClusterMap(nodes: Scenario.nodes(3), pools: [MapPool(name: "p", copies: [[0], [1, 2]])])
    let other = ClusterMap(nodes: Scenario.nodes(2), pools: [MapPool(name: "q", copies: [[0], [1]])])
    #expect(ControlMessage.view(View(map: map)).fits(larger))
    #expect(!ControlMessage.view(View(map: map)).fits(other))
  }
}
