import Foundation
import Testing

@testable import HearthStorage

/// What a plain dictionary would hold.
private struct ModelItem {
  var value: [UInt8]
  var expiry: UInt32
  var flags: UInt32
  var cas: UInt64
}

/// Random operations against a dictionary with expiry. A cache may forget, but must never answer with anything
/// but the latest value; a deterministic pool must agree exactly.
struct ModelTests {
  static var seeds: Range<UInt64> {
    let count = ProcessInfo.processInfo.environment["HEARTH_SLOW"] != nil ? 3000 : 40
    return 0..<UInt64(count)
  }

  @Test(arguments: [PoolKind.cache, .deterministic])
  func agreesWithDictionary(_ kind: PoolKind) {
    for seed in Self.seeds { run(kind, seed: seed) }
  }

  private func run(_ kind: PoolKind, seed: UInt64) {
    var random = SeededGenerator(seed)
    let harness = PoolHarness(kind, memory: 4 << 20, workers: 1 + Int(seed % 3))
    var model: [String: ModelItem] = [:]
    let keys = [20, 400, 5000][Int(seed % 3)]
    let largest = [200, 3000, 60_000, 700_000][Int(seed / 3 % 4)]
    for step in 0..<(seed % 8 == 0 ? 20_000 : 3_000) {
      let name = "key:\(UInt64.random(in: 0..<UInt64(keys), using: &random))"
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45:
        let size = Int.random(in: 0...Int.random(in: 0...largest, using: &random), using: &random)
        let value = [UInt8](repeating: UInt8.random(in: 0...255, using: &random), count: size)
        let ttl = Bool.random(using: &random) ? 0 : UInt32.random(in: 1...2000, using: &random)
        let flags = Bool.random(using: &random) ? 0 : UInt32.random(in: 0...UInt32.max, using: &random)
        let info = ItemInfo(clientFlags: flags, expiry: ttl == 0 ? 0 : harness.now + ttl)
        if harness.set(name, value, info) {
          let cas = harness.cas(name)
          if let old = live(model[name], harness.now), kind == .deterministic { #expect(cas > old.cas) }
          model[name] = ModelItem(value: value, expiry: info.expiry, flags: flags, cas: cas)
        }
      case 45..<75: check(kind, harness, name, live(model[name], harness.now), seed, step)
      case 75..<85:
        let found = harness.remove(name)
        if kind == .deterministic { #expect(found == (live(model[name], harness.now) != nil)) }
        model[name] = nil
      case 85..<93:
        let expiry =
          Bool.random(using: &random) ? 0 : harness.now + UInt32.random(in: 1...3000, using: &random)
        if harness.touch(name, expiry), live(model[name], harness.now) != nil { model[name]!.expiry = expiry }
      case 93..<97: harness.now += UInt32.random(in: 0...60, using: &random)
      case 97: _ = harness.pool.maintain(now: harness.now, budget: 500)
      case 98 where step % 7 == 0:
        harness.pool.flush()
        model = [:]
      default:
        _ = harness.pool.setMemoryLimit((4 << 20) + Int.random(in: 0...(8 << 20), using: &random))
      }
    }
    for name in model.keys { check(kind, harness, name, live(model[name], harness.now), seed, -1) }
    #expect(harness.violations() == [], "seed \(seed)")
  }

  private func live(_ item: ModelItem?, _ now: UInt32) -> ModelItem? {
    guard let item, item.expiry == 0 || item.expiry > now else { return nil }
    return item
  }

  private func check(
    _ kind: PoolKind, _ harness: PoolHarness, _ name: String, _ expected: ModelItem?, _ seed: UInt64,
    _ step: Int
  ) {
    let got = harness.get(name)
    if got == nil && (kind == .cache || expected == nil) { return }
    guard let expected, let got else {
      Issue.record("seed \(seed) step \(step): \(name) is \(got == nil ? "lost" : "back from the dead")")
      return
    }
    if got != expected.value { Issue.record("seed \(seed) step \(step): \(name) has another value") }
    if let expiry = harness.expiry(name), expiry != expected.expiry {
      Issue.record("seed \(seed) step \(step): \(name) expires at \(expiry), not \(expected.expiry)")
    }
    if harness.cas(name) != expected.cas {
      Issue.record("seed \(seed) step \(step): the CAS of \(name) moved without a change")
    }
  }
}
