import Foundation
import Testing

@testable import HearthHerd

/// Plays every order of a few events, with every combination of the rule's parts, and holds each state
/// against the promises: one holder at a time, nobody waits for nobody, for too long or for ever, nothing is
/// left at the end, and all counters add up. States with the same future are explored once.
@Suite("Exploration of leases")
struct LeaseExplorationTests {
  static var isThorough: Bool { ProcessInfo.processInfo.environment["HEARTH_SLOW"] != nil }
  static let rules: [HerdRule] = (0..<16).map { bits in
    HerdRule(
      refreshBefore: bits & 1 != 0 ? 250 : 0, refreshLease: 300, serveStale: bits & 2 != 0 ? 400 : 0,
      coalesceWait: bits & 4 != 0 ? 250 : 0, coalesceLease: 300, maximumWaiters: 4,
      holdOff: bits & 8 != 0 ? 200 : 0)
  }

  @Test(
    "two readers, a writer, an expiry, a disconnect, a delete, an invalidation, ticks",
    arguments: isThorough ? Array(0..<16) : [3, 5, 12])
  func oneKey(_ rule: Int) {
    var events: [LeaseEvent: Int] = [
      .read(0): 2, .read(1): 1, .compute(0, key: 0): 1, .write(0): 1, .delete(0): 1, .disconnect(0): 1,
      .expire: 1, .tick: 2,
    ]
    if Self.rules[rule].refreshesEarly { events[.near] = 1 }
    if Self.rules[rule].holdOff != 0 {
      events[.invalidate(0)] = 1
      events[.delete(0)] = nil
    }
    if Self.isThorough {
      events.merge([.read(1): 2, .add(1, key: 0): 1, .drift: 1]) { $1 }
    }
    let exploration = Exploration { LeaseWorld(Self.rules[rule], requests: [[0], [0]], keys: 1, filled: $0) }
    exploration.run(events)
    #expect(exploration.failure == nil)
    #expect(exploration.states > 500)
  }

  @Test("two multigets that want each other's keys, and a third reader", arguments: [4, 6, 7])
  func multigets(_ rule: Int) {
    var events: [LeaseEvent: Int] = [
      .read(0): 1, .read(1): 1, .read(2): 1, .compute(0, key: 0): 1, .compute(1, key: 1): 1,
      .disconnect(0): 1, .expire: 1, .tick: 2,
    ]
    if Self.isThorough {
      events.merge([.read(0): 2, .read(1): 2, .compute(1, key: 0): 1, .expire: 1]) { $1 }
    }
    let exploration = Exploration {
      LeaseWorld(Self.rules[rule], requests: [[0, 1], [1, 0], [0]], keys: 2, filled: $0)
    }
    exploration.run(events)
    #expect(exploration.failure == nil)
    #expect(exploration.states > 1000)
  }
}

/// Depth first, each state reached anew from the beginning, because tables cannot be copied.
private final class Exploration {
  let world: (Bool) -> LeaseWorld
  var states = 0
  var failure: String?
  private var seen: Set<[Int]> = []
  private var path: [LeaseEvent] = []

  init(_ world: @escaping (Bool) -> LeaseWorld) { self.world = world }

  func run(_ events: [LeaseEvent: Int]) {
    let names = events.keys.sorted { "\($0)" < "\($1)" }
    for filled in [false, true] {
      seen = []
      explore(names, names.map { events[$0]! }, filled)
    }
  }

  private func replay(_ filled: Bool) -> LeaseWorld {
    let world = world(filled)
    for event in path { world.play(event) }
    world.inspect()
    return world
  }

  private func explore(_ names: [LeaseEvent], _ left: [Int], _ filled: Bool) {
    if failure != nil { return }
    let world = replay(filled)
    let isNew = seen.insert(world.signature(left)).inserted
    if isNew {
      states += 1
      var possible: [Int] = []
      for (index, event) in names.enumerated() where left[index] > 0 && world.isPossible(event) {
        possible.append(index)
      }
      world.finish()
      if report(world, filled) { return }
      for index in possible {
        var rest = left
        rest[index] -= 1
        path.append(names[index])
        explore(names, rest, filled)
        path.removeLast()
      }
    } else {
      _ = report(world, filled)
    }
  }

  private func report(_ world: LeaseWorld, _ filled: Bool) -> Bool {
    if world.failures.isEmpty { return false }
    failure = "\(filled ? "filled" : "empty"), \(path): \(world.failures)"
    return true
  }
}
