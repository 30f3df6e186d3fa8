import Testing

@testable import HearthHerd

/// Plays every order of what three peers do with two keys, and holds each state against the protocol: one
/// owner at a time, nobody waits for a free key or for ever, and all counters add up.
@Suite("Exploration of the keyed mutex")
struct MutexExplorationTests {
  enum Event: Hashable {
    case ask(UInt64, UInt8)
    case release(UInt64)
    case speak(UInt64)
    case close(UInt64)
    case stored(UInt8)
    case pass
    case drift
  }

  static let events: [Event] =
    (1...3 as ClosedRange<UInt64>).flatMap { peer -> [Event] in
      [.ask(peer, 1), .ask(peer, 2), .release(peer), .close(peer)]
    } + [.speak(1), .stored(1), .pass, .drift]

  @Test("three peers, two keys", arguments: [MutexMode.tell, .queue])
  func threePeers(_ mode: MutexMode) {
    var seen: Set<[Int]> = []
    var paths: [[Event]] = [[]]
    // Breadth first: each distinct state is reached once, by a shortest way, until there are no new ones.
    while let path = paths.popLast() {
      for event in Self.events {
        let world = MutexWorld(mode)
        for earlier in path { world.play(earlier) }
        if !world.isPossible(event) { continue }
        world.play(event)
        world.inspect()
        let isNew = seen.insert(world.signature).inserted
        if isNew { paths.insert(path + [event], at: 0) }
        if isNew { world.finish() }
        if !world.failures.isEmpty {
          Issue.record("\(path + [event]): \(world.failures)")
          return
        }
      }
    }
    #expect(seen.count > 200)
  }
}

/// Three connections to a mutex table, with a plain model of who owns and who waits.
private final class MutexWorld {
  let mode: MutexMode
  let harness: MutexHarness
  var owners: [UInt8: (peer: UInt64, until: UInt64)] = [:]
  var waiters: [UInt8: [UInt64]] = [:]
  var failures: [String] = []

  init(_ mode: MutexMode) {
    self.mode = mode
    harness = MutexHarness(MutexOptions(mode: mode, timeOut: 2))
  }

  func isPossible(_ event: MutexExplorationTests.Event) -> Bool {
    switch event {
    case .ask(let peer, _): key(of: peer) == nil
    case .release(let peer): owners.values.contains { $0.peer == peer }
    case .speak(let peer), .close(let peer): key(of: peer) != nil
    case .stored, .pass, .drift: true
    }
  }

  private func key(of peer: UInt64) -> UInt8? {
    owners.first { $0.value.peer == peer }?.key ?? waiters.first { $0.value.contains(peer) }?.key
  }

  func play(_ event: MutexExplorationTests.Event) {
    var expected: [UInt64: String] = [:]
    switch event {
    case .ask(let peer, let key):
      if let owner = owners[key], owner.until <= harness.now { timeOut(key, &expected) }
      if owners[key] == nil {
        owners[key] = (peer, harness.now + 2)
        expected[peer, default: ""] += "O"
      } else {
        waiters[key, default: []].append(peer)
      }
      harness.ask(peer, key)
    case .release(let peer):
      end(key(of: peer)!, &expected)
      harness.release(peer)
    case .speak(let peer):
      leave(peer, &expected)
      expected[peer] = "x"
      harness.send(peer, [0x21])
      harness.close(peer)
    case .close(let peer):
      leave(peer, &expected)
      harness.close(peer)
    case .stored(let key):
      for peer in waiters[key] ?? [] { expected[peer] = "R" }
      waiters[key] = nil
      harness.stored(key)
    case .drift: harness.now += 1
    case .pass:
      for key in owners.keys where owners[key]!.until <= harness.now + 1 { timeOut(key, &expected, after: 1) }
      harness.pass(1)
    }
    for peer in 1...3 as ClosedRange<UInt64> {
      let sent = harness.take(peer)
      if sent != expected[peer] ?? "" { failures.append("\(peer) was sent \(sent) by \(event)") }
      if sent.hasSuffix("x") { harness.close(peer) }
    }
  }

  private func leave(_ peer: UInt64, _ expected: inout [UInt64: String]) {
    let key = key(of: peer)!
    if owners[key]?.peer == peer { return end(key, &expected) }
    waiters[key]?.removeAll { $0 == peer }
  }

  private func timeOut(_ key: UInt8, _ expected: inout [UInt64: String], after passed: UInt64 = 0) {
    expected[owners[key]!.peer] = "x"
    end(key, &expected, after: passed)
  }

  private func end(_ key: UInt8, _ expected: inout [UInt64: String], after passed: UInt64 = 0) {
    owners[key] = nil
    guard var queue = waiters[key], !queue.isEmpty else { return }
    if mode == .queue {
      let next = queue.removeFirst()
      owners[key] = (next, harness.now + passed + 2)
      expected[next] = "O"
      waiters[key] = queue
    } else {
      for peer in queue { expected[peer] = "R" }
      waiters[key] = nil
    }
  }

  func inspect() {
    failures += harness.violations()
    let listed = Dictionary(uniqueKeysWithValues: harness.list().map { ($0.key, $0) })
    if listed.count != owners.count { failures.append("\(listed.count) held, not \(owners.count)") }
    for (key, owner) in owners {
      let row = listed[MutexHarness.digest(key)]
      if row?.owner != owner.peer || row?.waiters != waiters[key]?.count ?? 0 {
        failures.append("\(key) is wrong")
      }
    }
  }

  /// With nobody doing anything, the time-outs free everything.
  func finish() {
    for _ in 0..<4 { harness.pass(2) }
    if harness.held != 0 || harness.waiting != 0 { failures.append("somebody waits for ever") }
    failures += harness.violations()
  }

  var signature: [Int] {
    var result: [Int] = []
    for key in 1...2 as ClosedRange<UInt8> {
      let left = owners[key].map { max(Int($0.until) - Int(harness.now), 0) }
      result += [Int(owners[key]?.peer ?? 0), left ?? -1]
      result += (waiters[key] ?? []).map { Int($0) } + [-2]
    }
    return result
  }
}
