import Testing

@testable import HearthHerd

@Suite("Hold-off")
struct HoldOffTests {
  static let rule = HerdRule(holdOff: 2000)

  @Test("after an invalidation sets are refused for a while")
  func refused() {
    let h = LeaseHarness(Self.rule)
    #expect(!h.permit(WriteRequest(reader: 1)).isRefused)
    h.invalidated()
    h.pass(1999)
    #expect(h.permit(WriteRequest(reader: 1)).isRefused)
    #expect(h.counters.holdOffRefusals == 1)
    h.pass(1)
    #expect(!h.permit(WriteRequest(reader: 1)).isRefused)
    #expect(h.isEmpty)
  }

  @Test("but for the holder of a lease given after it, by connection")
  func holder() {
    let h = LeaseHarness(Self.rule)
    h.invalidated()
    #expect(h.get(1).leaseEnd == h.now + 2000)
    #expect(h.get(2) == .miss(.plain))
    #expect(!h.permit(WriteRequest(reader: 1)).isRefused)
    #expect(h.permit(WriteRequest(reader: 2)).isRefused)
    h.written()
    #expect(h.permit(WriteRequest(reader: 2)).isRefused)
    #expect(h.permit(WriteRequest(reader: 1)).isRefused)
  }

  @Test("or by token")
  func token() {
    let h = LeaseHarness(Self.rule)
    h.invalidated()
    #expect(h.won(1, token: 42) == h.now + 2000)
    #expect(!h.permit(WriteRequest(reader: 9, token: 42)).isRefused)
    #expect(h.permit(WriteRequest(reader: 9, token: 41)).isRefused)
    #expect(h.won(2, token: 43) != 0)
    #expect(h.permit(WriteRequest(reader: 1, token: 42)).isRefused)
  }

  @Test("a lease given before it is void, also a second invalidation's")
  func oldLease() {
    var rule = Self.rule
    rule.coalesceWait = 1000
    let h = LeaseHarness(rule)
    _ = h.get(1)
    _ = h.get(2)
    h.invalidated()
    #expect(h.takeNews() == ["missWithLease:2"])
    #expect(h.permit(WriteRequest(reader: 1)).isRefused)
    #expect(!h.permit(WriteRequest(reader: 2)).isRefused)
    h.pass(1000)
    h.invalidated()
    #expect(h.permit(WriteRequest(reader: 2)).isRefused)
    h.pass(1999)
    #expect(h.permit(WriteRequest(reader: 2)).isRefused)
  }

  @Test("a plain delete starts none")
  func delete() {
    let h = LeaseHarness(Self.rule)
    h.deleted()
    #expect(!h.permit(WriteRequest(reader: 1)).isRefused)
    #expect(h.isEmpty)
  }

  @Test("without a hold-off in the rule an invalidation is a delete")
  func off() {
    let h = LeaseHarness(CoalesceTests.rule)
    _ = h.get(1)
    h.invalidated()
    #expect(h.isEmpty)
    #expect(!h.permit(WriteRequest(reader: 1)).isHolder)
  }

  @Test("after a bump of the key's group: by the clock of the lease")
  func bump() {
    let h = LeaseHarness(Self.rule)
    let until = h.now + 2000
    func request(_ reader: UInt64) -> WriteRequest {
      WriteRequest(reader: reader, validFrom: 8, heldOffUntil: until)
    }
    #expect(h.permit(request(1)).isRefused)
    _ = h.read("k", ReadRequest(.get, reader: 1, clock: 8, validFrom: 8, heldOffUntil: until), .absent)
    #expect(!h.permit(request(1)).isRefused)
    #expect(h.permit(request(1)).stamp == 8)
    #expect(h.permit(request(2)).isRefused)
    #expect(h.permit(WriteRequest(reader: 1, validFrom: 9, heldOffUntil: until)).isRefused)
    h.pass(2000)
    #expect(!h.permit(request(2)).isRefused)
  }

  @Test("a lease given before a bump goes to the oldest waiter, or to who reads first")
  func voidLease() {
    let h = LeaseHarness(CoalesceTests.rule)
    _ = h.read("k", ReadRequest(.get, reader: 1, clock: 5), .absent)
    _ = h.read("k", ReadRequest(.get, reader: 2, clock: 5), .absent)
    #expect(h.read("k", ReadRequest(.get, reader: 3, clock: 6, validFrom: 6), .absent).ticket != nil)
    #expect(h.takeNews() == ["missWithLease:2"])
    #expect(h.permit(WriteRequest(reader: 2)).stamp == 6)
    h.written()
    _ = h.read("k", ReadRequest(.get, reader: 1, clock: 6, validFrom: 6), .absent)
    #expect(h.read("k", ReadRequest(.get, reader: 4, clock: 7, validFrom: 7), .absent).leaseEnd != nil)
    #expect(h.permit(WriteRequest(reader: 4)).stamp == 7)
    #expect(h.violations() == [])
  }

  @Test("a token's winner displaces a holder, and waiters go on waiting")
  func displaced() {
    let h = LeaseHarness(CoalesceTests.rule)
    _ = h.get(1)
    _ = h.get(2)
    #expect(h.won(3, token: 5) == h.now + 5000)
    #expect(!h.permit(WriteRequest(reader: 1)).isHolder)
    #expect(h.takeNews() == [])
    h.written()
    #expect(h.takeNews() == ["retry:2"])
  }

  @Test("without room the key goes unprotected, counted")
  func full() {
    let h = LeaseHarness(Self.rule, capacity: 1)
    h.invalidated(key: "a")
    h.invalidated(key: "b")
    #expect(h.won(1, token: 5, key: "b") == 0)
    #expect(!h.permit(WriteRequest(reader: 1), key: "b").isRefused)
    #expect(h.counters.spilled == 2)
  }
}
