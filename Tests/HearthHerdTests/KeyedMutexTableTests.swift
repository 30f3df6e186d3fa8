import Testing

@testable import HearthHerd

@Suite("KeyedMutex: owners and waiters")
struct KeyedMutexTableTests {
  @Test("the first owns, the others wait in silence, the release tells them all")
  func tell() {
    let h = MutexHarness()
    for id in 1...5 as ClosedRange<UInt64> { h.ask(id, 1) }
    #expect(h.take(1) == "O")
    #expect(h.take(2) == "")
    #expect(h.waiting == 4)
    h.release(1)
    for id in 2...5 as ClosedRange<UInt64> { #expect(h.take(id) == "R") }
    #expect(h.held == 0)
    #expect(h.waiting == 0)
    h.ask(3, 1)
    #expect(h.take(3) == "O")
  }

  @Test("keys have nothing to do with each other")
  func keys() {
    let h = MutexHarness()
    h.ask(1, 1)
    h.ask(2, 2)
    #expect(h.take(2) == "O")
    h.ask(3, 2)
    h.release(1)
    #expect(h.take(3) == "")
  }

  @Test("a closed owner releases, a closed waiter vanishes")
  func closed() {
    let h = MutexHarness()
    for id in 1...3 as ClosedRange<UInt64> { h.ask(id, 1) }
    h.close(2)
    #expect(h.waiting == 1)
    h.close(1)
    #expect(h.take(3) == "R")
    #expect(h.violations() == [])
  }

  @Test("an owner that never releases is closed, and its waiters are told")
  func timeOut() {
    let h = MutexHarness()
    h.ask(1, 1)
    h.ask(2, 1)
    h.pass(29_999)
    #expect(h.take(2) == "")
    h.pass(1)
    #expect(h.take(1) == "Ox")
    #expect(h.take(2) == "R")
    #expect(h.counters.timeOuts == 1)
    h.release(1)
    h.close(1)
    #expect(h.counters.released == 0)
    #expect(h.violations() == [])
  }

  @Test("a key whose time is over is free, though nobody ticked")
  func late() {
    let h = MutexHarness()
    h.ask(1, 1)
    h.ask(2, 1)
    h.now += 30_000
    h.ask(3, 1)
    #expect(h.take(1) == "Ox")
    #expect(h.take(2) == "R")
    #expect(h.take(3) == "O")
  }

  @Test("queue: the oldest becomes owner with its own time; the others go on waiting")
  func queue() {
    let h = MutexHarness(MutexOptions(mode: .queue))
    for id in 1...4 as ClosedRange<UInt64> { h.ask(id, 1) }
    h.pass(20_000)
    h.release(1)
    #expect(h.take(2) == "O")
    #expect(h.take(3) == "")
    h.ask(1, 1)
    h.pass(29_999)
    #expect(h.take(2) == "")
    h.pass(1)
    #expect(h.take(2) == "x")
    #expect(h.take(3) == "O")
    h.close(3)
    #expect(h.take(4) == "O")
    h.release(4)
    #expect(h.take(1) == "OO")
    h.release(1)
    #expect(h.held == 0)
    #expect(h.counters.handOvers == 4)
    #expect(h.violations() == [])
  }

  @Test("queue: while one key is handed over, others time out in their order")
  func queueOrder() {
    let h = MutexHarness(MutexOptions(mode: .queue))
    h.ask(1, 1)
    h.ask(2, 1)
    h.pass(10_000)
    h.ask(3, 2)
    h.pass(10_000)
    h.release(1)
    #expect(h.violations() == [])
    h.pass(20_000)
    #expect(h.take(3) == "Ox")
    #expect(h.take(2) == "O")
    h.pass(10_000)
    #expect(h.take(2) == "x")
  }

  @Test(
    "a set in the cache tells the waiters at once, the owner keeps the key",
    arguments: [MutexMode.tell, .queue])
  func stored(_ mode: MutexMode) {
    let h = MutexHarness(MutexOptions(mode: mode))
    h.stored(1)
    for id in 1...3 as ClosedRange<UInt64> { h.ask(id, 1) }
    h.stored(2)
    #expect(h.take(2) == "")
    h.stored(1)
    #expect(h.take(2) == "R")
    #expect(h.take(3) == "R")
    h.ask(4, 1)
    #expect(h.take(4) == "")
    #expect(h.counters.toldBySet == 2)
    #expect(h.violations() == [])
  }

  @Test("whether anybody waits is told without the lock")
  func hasWaiters() {
    let table = UnsafeMutablePointer<KeyedMutexTable>.allocate(capacity: 1)
    table.initialize(to: KeyedMutexTable(MutexOptions(), seed: 1))
    defer {
      table.deinitialize(count: 1)
      table.deallocate()
    }
    var actions = MutexActions()
    _ = table.pointee.acquire(MutexHarness.digest(1), by: 1, now: 0, &actions)
    #expect(!KeyedMutexTable.hasWaiters(table.pointee.waitingWord))
    _ = table.pointee.acquire(MutexHarness.digest(1), by: 2, now: 0, &actions)
    #expect(KeyedMutexTable.hasWaiters(table.pointee.waitingWord))
    table.pointee.stored(MutexHarness.digest(1), &actions)
    #expect(!KeyedMutexTable.hasWaiters(table.pointee.waitingWord))
  }

  @Test("peers and waiters are bounded: who is too many is closed")
  func bounds() {
    let peers = MutexHarness(MutexOptions(maximumPeers: 3))
    for id in 1...4 as ClosedRange<UInt64> { peers.ask(id, UInt8(id)) }
    #expect(peers.take(3) == "O")
    #expect(peers.take(4) == "x")
    let waiters = MutexHarness(MutexOptions(maximumWaiters: 2))
    for id in 1...4 as ClosedRange<UInt64> { waiters.ask(id, 1) }
    #expect(waiters.take(4) == "x")
    #expect(waiters.counters.refused == 1)
    waiters.ask(5, 2)
    #expect(waiters.take(5) == "O")
    #expect(waiters.violations() == [])
  }

  @Test("operators see who holds what for how long, in pages too")
  func listing() {
    let h = MutexHarness()
    for id in 1...100 as ClosedRange<UInt64> { h.ask(id, UInt8(id)) }
    h.ask(101, 7)
    h.pass(250)
    h.release(3)
    let rows = h.list(limit: 9)
    #expect(rows.count == 99)
    #expect(!rows.contains { $0.owner == 3 })
    #expect(
      rows.first { $0.owner == 7 }
        == MutexListing(key: MutexHarness.digest(7), owner: 7, heldFor: 250, waiters: 1))
    #expect(h.counters.longestHold == 250)
    h.pass(50)
    #expect(h.table.longestHold(now: h.now) == 300)
  }

  @Test("a shorter time-out holds for what is held, at the latest with the next")
  func shorterTimeOut() {
    let h = MutexHarness()
    h.ask(1, 1)
    h.ask(2, 2)
    h.table.options.timeOut = 1000
    h.ask(3, 3)
    #expect(h.violations() == [])
    h.pass(1000)
    #expect([h.take(1), h.take(2), h.take(3)] == ["Ox", "Ox", "Ox"])
  }

  @Test("thousands of peers, in random order", arguments: [MutexMode.tell, .queue])
  func many(_ mode: MutexMode) {
    var random = SeededGenerator(mode == .tell ? 1 : 2)
    let h = MutexHarness(MutexOptions(mode: mode, timeOut: 300))
    for step in 0..<20_000 {
      let id = UInt64.random(in: 1...2000, using: &random)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<9: h.ask(id, UInt8.random(in: 0..<40, using: &random))
      case 9..<14: if h.peers[id]?.state == .owning { h.release(id) }
      case 14..<16: h.close(id)
      case 16: h.stored(UInt8.random(in: 0..<40, using: &random))
      default: h.pass(1)
      }
      if h.peers[id]?.state == .closed { h.close(id) }
      if step % 100 == 0, case let wrong = h.violations(), !wrong.isEmpty {
        Issue.record("step \(step): \(wrong)")
        return
      }
    }
    for _ in 0..<3000 where h.held > 0 { h.pass(300) }
    #expect(h.held == 0)
    #expect(h.waiting == 0)
    #expect(h.violations() == [])
  }
}
