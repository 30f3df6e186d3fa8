import Testing

@testable import HearthHerd

@Suite("Serving stale items")
struct ServeStaleTests {
  static let rule = HerdRule(serveStale: 30_000)

  @Test("one reader gets the miss, all others the value")
  func oneMiss() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, .expired(for: 0)) == .miss(.lease(until: h.now + 1000)))
    for reader in 2...100 as ClosedRange<UInt64> { #expect(h.get(reader, .expired(for: 5)) == .serveStale) }
    #expect(h.get(7, .expired(for: 5), .gets) == .serveStale)
    #expect(h.counters.staleServed == 100)
    #expect(h.counters.recomputationsSaved == 100)
    #expect(h.get(1, .expired(for: 5)) == .miss(.plain))
  }

  @Test("only for so long")
  func end() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, .expired(for: 29_999))
    #expect(h.get(2, .expired(for: 29_999)) == .serveStale)
    #expect(h.get(2, .expired(for: 30_000)) == .miss(.plain))
  }

  @Test("a command that changes the item finds none", arguments: [ReadCommand.gat, .gats])
  func changing(_ command: ReadCommand) {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, .expired(for: 1), command) == .miss(.plain))
    #expect(h.isEmpty)
  }

  @Test("an expired lock is free")
  func exempt() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, .expired(for: 1, isExempt: true)) == .miss(.plain))
  }

  @Test("mg gets the value always: W for one")
  func meta() {
    let h = LeaseHarness(Self.rule)
    #expect(h.get(1, .expired(for: 0, version: 5), .metaGet) == .serveStaleWon(until: h.now + 1000))
    #expect(h.get(1, .expired(for: 0, version: 5), .metaGet) == .serveStale)
    #expect(h.permit(WriteRequest(reader: 2, token: 5)).isHolder)
  }

  @Test("the add of the holder is an ordinary one: the item is absent to it")
  func add() {
    let h = LeaseHarness(Self.rule)
    _ = h.get(1, .expired(for: 0))
    #expect(
      h.permit(WriteRequest(reader: 1))
        == {
          var p = WritePermit(); p.isHolder = true; return p
        }())
  }

  @Test("a lease for a refresh goes on after the expiry")
  func fromRefresh() {
    var rule = Self.rule
    rule.refreshBefore = 1000
    let h = LeaseHarness(rule)
    #expect(h.get(1, .live(remaining: 10, life: 60_000)).leaseEnd != nil)
    h.pass(10)
    #expect(h.get(2, .expired(for: 0)) == .serveStale)
    h.pass(4990)
    #expect(h.get(2, .expired(for: 4990)).leaseEnd != nil)
  }

  @Test("without room it is a miss, or nobody would ever compute the value")
  func full() {
    let h = LeaseHarness(Self.rule, capacity: 1)
    _ = h.get(1, .expired(for: 0), key: "a")
    #expect(h.get(1, .expired(for: 0), key: "b") == .miss(.spilled))
  }
}
