import Testing

@testable import HearthHerd

@Suite("Early refresh")
struct EarlyRefreshTests {
  static let rule = HerdRule(refreshBefore: 10_000, refreshLease: 5000)
  static let due = ItemView.live(remaining: 9000, life: 60_000, version: 77)

  @Test("before is capped at a quarter of the life, in time and in percent")
  func window() {
    let seconds = HerdRule(refreshBefore: 10_000)
    #expect(seconds.isRefreshDue(.live(remaining: 9999, life: 60_000)))
    #expect(!seconds.isRefreshDue(.live(remaining: 10_000, life: 60_000)))
    #expect(seconds.isRefreshDue(.live(remaining: 4999, life: 20_000)))
    #expect(!seconds.isRefreshDue(.live(remaining: 5000, life: 20_000)))
    let tenth = HerdRule(refreshPermille: 100)
    #expect(tenth.isRefreshDue(.live(remaining: 149, life: 1500)))
    #expect(!tenth.isRefreshDue(.live(remaining: 150, life: 1500)))
    #expect(!HerdRule(refreshPermille: 900).isRefreshDue(.live(remaining: 300, life: 1000)))
    #expect(!HerdRule(refreshPermille: .max).isRefreshDue(.live(remaining: .max, life: .max)))
  }

  @Test("permanent items, locks and counters are never due")
  func exempt() {
    #expect(!Self.rule.isRefreshDue(.permanent))
    #expect(!Self.rule.isRefreshDue(.live(remaining: 1, life: 60_000, isExempt: true)))
    #expect(!Self.rule.concerns(.live(remaining: 1, life: 60_000, isExempt: true)))
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, .live(remaining: 1, life: 60_000, isExempt: true)) == .serve)
    #expect(h.isEmpty)
  }

  @Test("one get a lease sees a miss, everybody else hits, the holder too")
  func oneMiss() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, .live(remaining: 10_000, life: 60_000)) == .serve)
    #expect(h.isEmpty)
    #expect(h.get(1, Self.due) == .miss(.lease(until: h.now + 5000)))
    for reader in 1...100 as ClosedRange<UInt64> { #expect(h.get(reader, Self.due) == .serve) }
    #expect(h.counters.leasesGiven == 1)
    h.written()
    #expect(h.isEmpty)
    #expect(h.counters.refreshesInTime == 1)
    #expect(h.counters.leasesCompleted == 1)
  }

  @Test("gets, gat and gats never see a miss and get no lease", arguments: [ReadCommand.gets, .gat, .gats])
  func others(_ command: ReadCommand) {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, Self.due, command) == .serve)
    #expect(h.isEmpty)
  }

  @Test("mg sees the item with W, the others Z; its CAS is a token")
  func meta() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, Self.due, .metaGet) == .serveWon(until: h.now + 5000))
    #expect(h.get(2, Self.due, .metaGet) == .serveTaken)
    #expect(h.get(1, Self.due, .metaGet) == .serveTaken)
    #expect(h.get(3, Self.due) == .serve)
    #expect(h.permit(WriteRequest(reader: 9, token: 77)).isHolder)
    #expect(!h.permit(WriteRequest(reader: 9, token: 78)).isHolder)
    #expect(!h.permit(WriteRequest(reader: 9)).isHolder)
  }

  @Test("a get's lease has no token")
  func noToken() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, Self.due)
    #expect(!h.permit(WriteRequest(reader: 9, token: 77)).isHolder)
  }

  @Test("flags of its own win over the rule")
  func explicit() {
    let h = LeaseHarness(Self.rule)
    #expect(h.read("k", ReadRequest(.metaGet, reader: 1, isExplicit: true), Self.due) == .serve)
    #expect(h.read("k", ReadRequest(.metaGet, reader: 1, isExplicit: true), .absent) == .miss(.plain))
    #expect(h.isEmpty)
  }

  @Test("a lost lease goes to the next get")
  func lost() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, Self.due)
    h.pass(4999)
    #expect(h.get(2, Self.due) == .serve)
    h.pass(1)
    #expect(h.counters.leasesLost == 1)
    #expect(h.isEmpty)
    #expect(h.get(2, Self.due).leaseEnd == h.now + 5000)
  }

  @Test("the deadline counts though nobody ticked")
  func late() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, Self.due)
    h.now += 5000
    #expect(!h.permit(WriteRequest(reader: 1)).isHolder)
    #expect(h.get(2, Self.due).leaseEnd == h.now + 5000)
    #expect(h.counters.leasesLost == 1)
  }

  @Test("the holder's add acts as a set, nobody else's does, and not after an append")
  func add() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, Self.due)
    #expect(h.permit(WriteRequest(reader: 1)).addActsAsSet)
    #expect(!h.permit(WriteRequest(reader: 2)).addActsAsSet)
    #expect(h.written(.touch) == 0)
    #expect(h.permit(WriteRequest(reader: 1)).addActsAsSet)
    #expect(h.written(.extend) == 0)
    #expect(!h.permit(WriteRequest(reader: 1)).addActsAsSet)
    #expect(h.permit(WriteRequest(reader: 1)).isHolder)
  }

  @Test("what became a counter is nobody's to overwrite")
  func becameCounter() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, Self.due)
    #expect(h.written(.arithmetic) == 1)
    #expect(!h.permit(WriteRequest(reader: 1)).addActsAsSet)
  }

  @Test("a set after the expiry is no refresh in time")
  func tooLate() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, .live(remaining: 2000, life: 60_000))
    h.now += 2000
    h.written()
    #expect(h.counters.refreshesInTime == 0)
    #expect(h.counters.leasesCompleted == 1)
  }

  @Test("without room an item is served as it is, and counted")
  func full() {
    let h = LeaseHarness(Self.rule, capacity: 1)
    _ = h.get(1, Self.due, key: "a")
    #expect(h.get(2, Self.due, key: "b") == .serve)
    #expect(h.counters.spilled == 1)
  }
}
