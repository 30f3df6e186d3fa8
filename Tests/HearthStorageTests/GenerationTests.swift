import CHearth
import Testing

@testable import HearthStorage

struct GenerationTests {
  private func harness(_ kind: PoolKind = .cache, memory: Int = 8 << 20) -> PoolHarness {
    PoolHarness(kind, memory: memory, generations: true)
  }

  @Test func aBumpCoversTheKeyOfItsNameAndAllBelowItAndNoOthers() {
    let h = harness()
    for key in ["user:42", "user:42:name", "user:42:photos:1", "user:421", "user", "user:4", "users:42"] {
      h.set(key, [1])
    }
    h.bump("user:42")
    #expect(h.get("user:42") == nil)
    #expect(h.get("user:42:name") == nil)
    #expect(h.get("user:42:photos:1") == nil)
    for key in ["user:421", "user", "user:4", "users:42"] { #expect(h.get(key) == [1], "\(key)") }
    h.set("user:42:name", [2])
    #expect(h.get("user:42:name") == [2])
  }

  @Test func theRootCoversEverythingInThePool() {
    let h = harness()
    h.set("a", [1])
    h.set("b:c", [1])
    h.bump("")
    #expect(h.get("a") == nil)
    #expect(h.get("b:c") == nil)
    h.set("a", [2])
    #expect(h.get("a") == [2])
  }

  @Test func eightNamesAreLookedAtAndNotNine() {
    let h = harness()
    let eight = "a:b:c:d:e:f:g:h"
    h.set(eight + ":i:j", [1])
    #expect(h.withKey(eight + ":i") { h.pool.bump($0.bytes, time: 0) } == .tooDeep)
    #expect(h.get(eight + ":i:j") == [1])
    h.bump(eight)
    #expect(h.get(eight + ":i:j") == nil)
  }

  @Test func theNumberOfAGroupOnlyRises() {
    let h = harness()
    let first = h.generation("g")
    let second = h.bump("g")
    #expect(second > first)
    #expect(h.generation("g") == second)
    #expect(h.bump("other") > second)
    #expect(h.generation("g") == second)
    h.sweep()
    #expect(h.generation("g") >= second)
    #expect(h.bump("g") > second)
  }

  @Test func aValueComputedUnderALeaseFromBeforeABumpIsNeverSeen() {
    let h = harness()
    let lease = h.pool.generationClock
    h.bump("g")
    h.set("g:x", [1], ItemInfo(stamp: lease))
    #expect(h.get("g:x") == nil)
    h.set("g:x", [2], ItemInfo(stamp: h.pool.generationClock))
    #expect(h.get("g:x") == [2])
    h.set("other:x", [3], ItemInfo(stamp: lease))
    #expect(h.get("other:x") == [3])
  }

  @Test func aSweepBringsTheBytesBackAndForgetsTheGroups() {
    let h = harness(memory: 32 << 20)
    for i in 0..<20_000 { h.set("big:\(i)", [UInt8](repeating: 1, count: 100)) }
    for i in 0..<1000 { h.set("small:\(i)", [7]) }
    for i in 0..<1000 { h.bump("never-used:\(i)") }
    h.bump("big")
    #expect(h.pool.generationStatistics.groups == 1001)
    h.sweep()
    #expect(h.pool.statistics().items == 1000)
    #expect(h.pool.statistics().flushed == 20_000)
    #expect(h.pool.generationStatistics.groups == 0)
    #expect(h.pool.generationStatistics.bytes == 0)
    #expect(h.get("small:1") == [7])
    #expect(h.get("big:1") == nil)
    #expect(h.violations() == [])
  }

  @Test func aGroupBumpedDuringASweepIsRemembered() {
    let h = harness()
    for i in 0..<3000 { h.set("g:\(i)", [1]) }
    h.bump("first")
    _ = h.pool.sweepGenerations(now: h.now)
    h.bump("g")
    h.finishSweep()
    for i in 0..<3000 { #expect(h.get("g:\(i)") == nil) }
  }

  @Test func aYoungBumpIsRememberedOverASweep() {
    let h = harness()
    h.pool.setBumpRetention(1000)
    h.set("other:x", [1])
    let lease = h.pool.generationClock
    h.bump("g", time: 5000)
    h.sweep(time: 5900)
    #expect(h.withKey("g:x") { h.pool.lastBump($0).time } == 5000)
    // The lease is older than the bump, not only than the sweep.
    h.set("g:x", [1], ItemInfo(stamp: lease))
    #expect(h.get("g:x") == nil)
    h.set("other:x", [2], ItemInfo(stamp: lease))
    #expect(h.get("other:x") == [2])
    // Without another bump, too, it is forgotten when it is old.
    h.sweep(time: 7000)
    #expect(h.pool.generationStatistics.groups == 0)
    #expect(h.get("g:x") == nil)
    #expect(h.get("other:x") == [2])
    #expect(h.violations() == [])
  }

  @Test func stampsSurviveTheirThirtyTwoBits() {
    let h = harness()
    h.set("old", [1])
    h.bump("x")
    h.sweep()
    // Half of the way round, a sweep, and the other half: the stamp of "old" was renewed in between.
    let table = h.pool.state.pointee.generations!
    table.pointee.clock += 1 << 31
    h.bump("x")
    h.sweep()
    table.pointee.clock += 1 << 31
    h.bump("old2")
    #expect(h.get("old") == [1])
    h.bump("old")
    #expect(h.get("old") == nil)
  }

  @Test func theTableIsBoundedAndSaysSo() {
    let h = harness(memory: 4 << 20)
    var refused = 0
    for i in 0..<60_000 {
      let outcome = h.withKey("group:\(i)") { h.pool.bump($0.bytes, time: 0) }
      if outcome == .noMemory { refused += 1 }
    }
    #expect(refused > 0)
    #expect(h.pool.generationStatistics.bytes <= 512 << 10)
    h.sweep()
    #expect(h.withKey("group:1") { h.pool.bump($0.bytes, time: 0) } != .noMemory)
  }

  @Test func flagsAndExpiryAndCASStayWithStampsAndLives() {
    let h = harness()
    h.pool.setKeepsLife(true)
    let info = ItemInfo(clientFlags: 77, expiry: h.now + 100, cas: 123)
    h.set("k", Array("value".utf8), info)
    h.withKey("k") { key in
      var locked = h.pool.lock(key, now: h.now)
      #expect(locked.item?.clientFlags == 77)
      #expect(locked.item?.expiry == h.now + 100)
      #expect(locked.item?.life == 100)
      #expect(locked.observeCAS() == 123)
    }
    h.now += 30
    #expect(h.touch("k", h.now + 500))
    h.withKey("k") { key in
      let locked = h.pool.lock(key, now: h.now)
      #expect(locked.item?.life == 500)
      #expect(locked.item?.clientFlags == 77)
    }
    #expect(h.get("k") == Array("value".utf8))
  }

  /// Random keys of four levels, bumps of any group, touches, removals, memory pressure and sweeps, against a
  /// dictionary that applies each bump to every key.
  @Test(arguments: 0..<40) func agreesWithADictionaryUnderRandomBumps(seed: Int) {
    var random = SeededGenerator(UInt64(seed))
    let evicts = seed % 2 == 0
    let h = PoolHarness(evicts ? .cache : .deterministic, memory: 4 << 20, generations: true)
    var model: [String: [UInt8]] = [:]
    func name() -> String {
      (0..<Int.random(in: 1...4, using: &random)).map { _ in "\(Int.random(in: 0..<6, using: &random))" }
        .joined(separator: ":")
    }
    for _ in 0..<6000 {
      let key = name()
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45:
        let value = [UInt8](
          repeating: UInt8.random(in: 0...255, using: &random),
          count: Int.random(in: 0..<4000, using: &random))
        if h.set(key, value) { model[key] = value }
      case 45..<85:
        let found = h.get(key)
        if let found { #expect(found == model[key], "\(key)") } else if !evicts { #expect(model[key] == nil) }
      case 85..<88:
        h.remove(key)
        model[key] = nil
      case 88..<92: _ = h.touch(key, Bool.random(using: &random) ? 0 : h.now + 100_000)
      case 92..<98:
        h.bump(key)
        model = model.filter { $0.key != key && !$0.key.hasPrefix(key + ":") }
      case 98: _ = h.pool.sweepGenerations(now: h.now)
      default: h.sweep()
      }
    }
    for (key, value) in model {
      let found = h.get(key)
      #expect(found == value || (evicts && found == nil), "\(key)")
    }
    #expect(h.violations() == [])
  }
}

extension Key {
  fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}

extension PoolHarness {
  @discardableResult
  fileprivate func bump(_ group: String, time: UInt64 = 0) -> UInt64 {
    withKey(group) { key in
      guard case .bumped(let clock) = pool.bump(key.bytes, time: time) else { return 0 }
      return clock
    }
  }

  fileprivate func generation(_ group: String) -> UInt64 { withKey(group) { pool.generation($0.bytes) } }

  /// A whole pass, from its beginning.
  fileprivate func sweep(time: UInt64 = 0) {
    now += 10_000
    finishSweep(time: time)
  }

  fileprivate func finishSweep(time: UInt64 = 0) { while pool.sweepGenerations(now: now, time: time) {} }
}
