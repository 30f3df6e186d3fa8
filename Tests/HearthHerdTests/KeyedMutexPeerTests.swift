import Testing

@testable import HearthHerd

@Suite("KeyedMutex: a peer's bytes")
struct KeyedMutexPeerTests {
  @Test("a key in pieces, of any size", arguments: [1, 2, 3, 5, 8, 15, 16])
  func pieces(_ size: Int) {
    let h = MutexHarness()
    let key = [UInt8](1...16)
    for start in stride(from: 0, to: 16, by: size) {
      #expect(h.take(1) == "")
      h.send(1, Array(key[start..<min(start + size, 16)]))
    }
    #expect(h.take(1) == "O")
    #expect(h.list().map(\.key) == [key.withUnsafeBytes { MutexKey($0.baseAddress!) }])
    h.list()[0].key.withBytes { #expect(Array($0) == key) }
  }

  @Test("an empty read changes nothing")
  func nothing() {
    let h = MutexHarness()
    h.send(1, [])
    h.ask(1, 7)
    h.send(1, [])
    #expect(h.take(1) == "O")
    #expect(h.held == 1)
  }

  @Test("R releases and the next key may follow, in one packet too")
  func release() {
    let h = MutexHarness()
    h.send(1, MutexHarness.key(1) + [0x52] + MutexHarness.key(2) + [0x52] + MutexHarness.key(3))
    #expect(h.take(1) == "OOO")
    #expect(h.list().map(\.key) == [MutexHarness.digest(3)])
    h.release(1)
    #expect(h.held == 0)
    #expect(h.take(1) == "")
  }

  @Test(
    "another byte releases and closes; what follows is not read",
    arguments: [0x72, 0x4f, 0x00, 0xff] as [UInt8])
  func anotherByte(_ byte: UInt8) {
    let h = MutexHarness()
    h.ask(1, 1)
    h.ask(2, 1)
    h.send(1, [byte] + MutexHarness.key(2))
    #expect(h.take(1) == "Ox")
    #expect(h.take(2) == "R")
    #expect(h.held == 0)
  }

  @Test("a byte while waiting closes the waiter, whatever it is", arguments: [0x52, 0x01] as [UInt8])
  func waiterSpeaks(_ byte: UInt8) {
    let h = MutexHarness()
    h.ask(1, 1)
    h.ask(2, 1)
    h.send(2, [byte])
    #expect(h.take(2) == "x")
    h.release(1)
    #expect(h.take(2) == "")
    h.send(3, MutexHarness.key(1))
    h.send(4, MutexHarness.key(1) + [1])
    #expect(h.take(4) == "x")
    #expect(h.waiting == 0)
    #expect(h.counters.closedWaiting == 2)
  }

  @Test("half a key is overdue after a while; nothing or a whole one is not")
  func half() {
    let h = MutexHarness()
    h.send(1, [1, 2, 3])
    h.pass(500)
    h.send(1, [4])
    h.pass(499)
    #expect(!h.peers[1]!.isOverdue(after: 1000, now: h.now))
    h.pass(1)
    #expect(h.peers[1]!.isOverdue(after: 1000, now: h.now))
    h.ask(2, 1)
    #expect(!h.peers[2]!.isOverdue(after: 0, now: h.now))
    #expect(!KeyedMutexPeer().isOverdue(after: 0, now: h.now))
  }

  @Test("a message for an earlier claim is not sent")
  func stale() {
    var peer = KeyedMutexPeer()
    let claim = MutexClaim(number: 1, serial: 5)
    peer.waits(claim)
    var isSent = peer.apply(MutexAction(kind: .tell, peer: 1, claim: MutexClaim(number: 1, serial: 4)))
    #expect(!isSent)
    #expect(peer.state == .waiting)
    isSent = peer.apply(MutexAction(kind: .tell, peer: 1, claim: claim))
    #expect(isSent)
    #expect(peer.state == .reading)
    isSent = peer.apply(MutexAction(kind: .tell, peer: 1, claim: claim))
    #expect(!isSent)
  }

  @Test("costs 48 bytes")
  func size() { #expect(MemoryLayout<KeyedMutexPeer>.size == 48) }
}
