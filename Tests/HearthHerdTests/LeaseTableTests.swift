import Testing

@testable import HearthHerd

@Suite("Lease table")
struct LeaseTableTests {
  static let rule = HerdRule(
    refreshBefore: 2000, refreshLease: 300, serveStale: 500, coalesceWait: 200, coalesceLease: 400,
    maximumWaiters: 20, holdOff: 150)

  @Test("empty is told without the lock too")
  func empty() {
    let table = UnsafeMutablePointer<LeaseTable>.allocate(capacity: 1)
    table.initialize(to: LeaseTable(capacity: 10, waiters: 10, maximumBytes: 1 << 20, pools: 1))
    defer {
      table.deinitialize(count: 1)
      table.deallocate()
    }
    #expect(LeaseTable.isEmpty(table.pointee.occupiedWord))
    var actions = HerdActions()
    var byte: UInt8 = 65
    withUnsafeBytes(of: &byte) {
      let key = LeaseKey(pool: 0, $0.baseAddress!, 1, hash: 1)
      _ = table.pointee.read(key, ReadRequest(.get, reader: 1), .absent, Self.rule, now: 1, &actions)
    }
    #expect(!LeaseTable.isEmpty(table.pointee.occupiedWord))
    table.pointee.tick(now: 1000, &actions)
    #expect(LeaseTable.isEmpty(table.pointee.occupiedWord))
  }

  @Test("keys of any length are told apart, with the same hash too")
  func collisions() {
    let h = LeaseHarness(Self.rule)
    var actions = HerdActions()
    let bytes = [UInt8](repeating: 7, count: 250)
    bytes.withUnsafeBytes { bytes in
      for count in 1...250 {
        let key = LeaseKey(pool: 0, bytes.baseAddress!, count, hash: 99)
        let answer = h.table.read(
          key, ReadRequest(.get, reader: UInt64(count)), .absent, Self.rule, now: h.now, &actions)
        #expect(answer.leaseEnd != nil)
      }
      #expect(h.violations() == [])
      for count in (1...250).shuffled() {
        let key = LeaseKey(pool: 0, bytes.baseAddress!, count, hash: 99)
        #expect(h.table.written(key, .set, now: h.now, &actions) == UInt64(count))
      }
    }
    #expect(h.isEmpty)
  }

  @Test("memory is bounded, comes with use and goes afterwards")
  func memory() {
    let h = LeaseHarness(CoalesceTests.rule, capacity: 100_000, waiters: 100_000, maximumBytes: 1_000_000)
    #expect(h.bytes == 0)
    var given = 0
    for reader in 1...20_000 as ClosedRange<UInt64> {
      if h.get(reader, key: "key:\(reader)").leaseEnd != nil { given += 1 }
    }
    #expect(given > 100 && given < 20_000)
    #expect(h.counters.spilled == UInt64(20_000 - given))
    #expect(h.bytes <= 1_000_000)
    #expect(h.violations() == [])
    let full = h.bytes
    h.pass(5000)
    #expect(h.isEmpty)
    #expect(h.bytes < full)
    #expect(h.get(1).leaseEnd != nil)
    #expect(h.violations() == [])
  }

  @Test("so are places for waiters")
  func waiters() {
    let h = LeaseHarness(HerdRule(coalesceWait: 1000, maximumWaiters: 1000), waiters: 100)
    for reader in 1...200 as ClosedRange<UInt64> { _ = h.get(reader) }
    #expect(h.parkedReaders == 100)
    #expect(h.counters.spilled == 99)
    h.written()
    #expect(h.takeActions().count == 100)
    #expect(h.parkedReaders == 0)
  }

  @Test("a tick does so many keys and says that there are more")
  func limitedTick() {
    let h = LeaseHarness(Self.rule)
    var actions = HerdActions()
    for number in 0..<100 { _ = h.get(1, key: "k\(number)") }
    h.now += 400
    h.table.tick(now: h.now, limit: 30, &actions)
    #expect(h.count == 70)
    #expect(h.nextDeadline <= h.now)
    h.table.tick(now: h.now, limit: 100, &actions)
    #expect(h.nextDeadline == .max)
  }

  @Test(
    "whatever happens in whatever order, everything stays in its place", arguments: 0..<30 as Range<UInt64>)
  func random(_ seed: UInt64) {
    var random = SeededGenerator(seed)
    let h = LeaseHarness(
      Self.rule, capacity: [5, 200][Int(seed % 2)], waiters: [4, 300][Int(seed / 2 % 2)], maximumBytes: 60_000
    )
    var tickets: [WaitTicket] = []
    for step in 0..<1500 {
      let key = "key:\(UInt64.random(in: 0..<[3, 300][Int(seed / 4 % 2)], using: &random))"
      let reader = UInt64.random(in: 0..<50, using: &random)
      let item: ItemView = [
        .absent, .absent, .expired(for: 100), .live(remaining: 500, life: 10_000, version: reader),
      ].randomElement(using: &random)!
      switch Int.random(in: 0..<14, using: &random) {
      case 0..<6:
        let command: ReadCommand = [.get, .get, .gets, .gat, .metaGet].randomElement(using: &random)!
        if let ticket = h.get(reader, item, command, key: key).ticket { tickets.append(ticket) }
      case 6, 7: h.written([.set, .add, .touch, .extend].randomElement(using: &random)!, key: key)
      case 8: h.deleted(key: key)
      case 9: h.invalidated(key: key)
      case 10: _ = h.won(reader, token: 3, key: key)
      case 11: if let ticket = tickets.randomElement(using: &random) { h.closed(ticket) }
      case 12: h.now += UInt64.random(in: 0...300, using: &random)
      default: h.pass(UInt64.random(in: 0...100, using: &random))
      }
      let wrong = h.violations()
      if !wrong.isEmpty {
        Issue.record("seed \(seed) step \(step): \(wrong)")
        return
      }
    }
    h.pass(1000)
    #expect(h.parkedReaders == 0)
    // Leases that this late tick gave to waiters.
    h.pass(1000)
    #expect(h.isEmpty)
  }
}
