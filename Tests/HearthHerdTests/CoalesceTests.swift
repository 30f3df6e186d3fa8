import Testing

@testable import HearthHerd

@Suite("Coalescing")
struct CoalesceTests {
  static let rule = HerdRule(coalesceWait: 1000, coalesceLease: 5000, maximumWaiters: 3)

  @Test("the first reader computes, the others wait for the set")
  func herd() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1) == .miss(.lease(until: h.now + 5000)))
    #expect(h.get(2).ticket?.reader == 2)
    #expect(h.get(3, .absent, .gets).ticket != nil)
    #expect(h.get(4, .absent, .metaGet).ticket != nil)
    #expect(h.parkedReaders == 3)
    #expect(h.written() == 1)
    #expect(h.takeNews() == ["retry:2", "retry:3", "retry:4"])
    #expect(h.isEmpty)
    #expect(h.counters.recomputationsSaved == 3)
  }

  @Test("any write of the key releases them", arguments: [WriteKind.set, .add, .arithmetic, .extend, .touch])
  func writes(_ kind: WriteKind) {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    _ = h.get(2)
    h.written(kind)
    #expect(h.takeNews() == ["retry:2"])
  }

  @Test("one too many gets a plain miss, counted")
  func tooMany() {
    let h = LeaseHarness(Self.rule)
    for reader in 1...4 as ClosedRange<UInt64> { _ = h.get(reader) }
    #expect(h.get(5) == .miss(.spilled))
    #expect(h.counters.spilled == 1)
    #expect(h.counters.parked == 3)
  }

  @Test("a waiter beyond its patience gets a plain miss, counted; nobody waits longer")
  func patience() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    _ = h.get(2)
    h.pass(500)
    _ = h.get(3)
    #expect(h.nextDeadline == h.now + 500)
    h.pass(499)
    #expect(h.takeNews() == [])
    h.pass(1)
    #expect(h.takeNews() == ["plainMiss:2"])
    #expect(h.counters.spilled == 1)
    h.pass(500)
    #expect(h.takeNews() == ["plainMiss:3"])
    #expect(h.count == 1)
  }

  @Test("when the lease ends the oldest waiter gets the miss and the lease")
  func promotion() {
    var rule = Self.rule
    rule.coalesceWait = 60_000
    let h = LeaseHarness(rule)
    _ = h.get(1)
    _ = h.get(2)
    _ = h.get(3)
    h.pass(5000)
    let actions = h.takeActions()
    #expect(actions.map(\.ticket.reader) == [2])
    #expect(actions.map(\.kind) == [.missWithLease])
    #expect(actions.first?.until == h.now + 5000)
    #expect(h.permit(WriteRequest(reader: 2)).isHolder)
    #expect(h.counters.leasesLost == 1)
    h.pass(5000)
    #expect(h.takeNews() == ["missWithLease:3"])
  }

  @Test("a late tick goes through what happened in its order")
  func lateTick() {
    let lease = LeaseHarness(HerdRule(coalesceWait: 1000, coalesceLease: 900))
    _ = lease.get(1)
    _ = lease.get(2)
    _ = lease.get(3)
    lease.pass(10_000)
    #expect(lease.takeNews() == ["missWithLease:2", "plainMiss:3"])
    let patience = LeaseHarness(HerdRule(coalesceWait: 900, coalesceLease: 1000))
    _ = patience.get(1)
    _ = patience.get(2)
    patience.pass(10_000)
    #expect(patience.takeNews() == ["plainMiss:2"])
  }

  @Test("a read that finds the lease over passes it to the oldest waiter first")
  func lateRead() {
    let h = LeaseHarness(HerdRule(coalesceWait: 60_000, coalesceLease: 1000))
    _ = h.get(1)
    _ = h.get(2)
    h.now += 1000
    #expect(h.get(3).ticket != nil)
    #expect(h.takeNews() == ["missWithLease:2"])
  }

  @Test("a delete passes the lease on; the old holder's set still counts")
  func delete() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    _ = h.get(2)
    _ = h.get(3)
    h.deleted()
    #expect(h.takeNews() == ["missWithLease:2"])
    #expect(!h.permit(WriteRequest(reader: 1)).isHolder)
    #expect(!h.permit(WriteRequest(reader: 1)).isRefused)
    #expect(h.written() == 2)
    #expect(h.takeNews() == ["retry:3"])
    #expect(h.counters.leasesWithdrawn == 1)
    _ = h.get(1)
    h.deleted()
    #expect(h.isEmpty)
  }

  @Test("UDP readers, holders of any lease and the holder itself are not parked")
  func neverParked() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    #expect(h.get(1) == .miss(.spilled))
    #expect(h.read("k", ReadRequest(.get, reader: 2, mayPark: false), .absent) == .miss(.spilled))
    #expect(h.read("k", ReadRequest(.get, reader: 3, holdsLease: true), .absent) == .miss(.spilled))
    #expect(h.parkedReaders == 0)
    #expect(h.counters.spilled == 3)
  }

  @Test("somebody who cannot be recognised may hold a lease and is no one's twin")
  func anonymous() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(0).leaseEnd != nil)
    #expect(h.get(0).ticket != nil)
    #expect(!h.permit(WriteRequest(reader: 0)).isHolder)
  }

  @Test("a closed reader leaves nothing behind; its lease outlives it")
  func closed() throws {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    let tickets = try (2...4 as ClosedRange<UInt64>).map { try #require(h.get($0).ticket) }
    #expect(h.closed(tickets[1]))
    #expect(!h.closed(tickets[1]))
    #expect(h.parkedReaders == 2)
    #expect(h.get(5).ticket != nil)
    h.written()
    #expect(h.takeNews() == ["retry:2", "retry:4", "retry:5"])
    #expect(!h.closed(tickets[0]))
    #expect(h.counters.closed == 1)
  }

  @Test("an old ticket does not close a later reader at its place")
  func oldTicket() throws {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    let old = try #require(h.get(2).ticket)
    h.closed(old)
    let new = try #require(h.get(3).ticket)
    #expect(new.waiter == old.waiter)
    #expect(!h.closed(old))
    #expect(h.parkedReaders == 1)
  }

  @Test("a released reader that finds nothing waits only for the rest of its time, before later ones")
  func again() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    _ = h.read("k", ReadRequest(.get, reader: 2, seat: 7), .absent)
    h.pass(400)
    h.written()
    let action = h.takeActions()[0]
    #expect(action.ticket.seat == 7)
    #expect(action.until == h.now + 600)
    _ = h.get(3)
    _ = h.get(4)
    #expect(
      h.read("k", ReadRequest(.get, reader: 2, giveUpAt: action.until), .absent).ticket != nil)
    h.pass(600)
    #expect(h.takeNews() == ["plainMiss:2"])
    #expect(h.read("k", ReadRequest(.get, reader: 2, giveUpAt: h.now), .absent) == .miss(.spilled))
  }

  @Test("a shorter wait in a new rule holds for new readers")
  func newRule() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1)
    _ = h.get(2)
    h.rule.coalesceWait = 100
    _ = h.get(3)
    #expect(h.violations() == [])
    h.pass(100)
    #expect(h.takeNews() == ["plainMiss:3"])
  }

  @Test("keys and pools have nothing to do with each other")
  func keys() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, key: "a").leaseEnd != nil)
    #expect(h.get(2, key: "b").leaseEnd != nil)
    #expect(h.read("a", ReadRequest(.get, reader: 3), .absent, pool: 1).leaseEnd != nil)
    #expect(h.table.counters(pool: 0).leasesGiven == 2)
    #expect(h.table.counters(pool: 1).leasesGiven == 1)
    #expect(h.table.counters(pool: 9).leasesGiven == 1)
  }

  @Test("off, nothing is known")
  func off() {
    let h = LeaseHarness(HerdRule())
    #expect(h.rule.isOff)
    #expect(!h.rule.concerns(.absent))
    #expect(h.get(1) == .miss(.plain))
    #expect(h.won(1, token: 5) == 0)
    h.invalidated()
    #expect(h.isEmpty)
    #expect(h.bytes == 0)
  }
}
