import Testing

@testable import HearthStorage

/// Keys with several primaries, of which one numbers the bumps, and a node that copies them all: what was stored before a bump that was
/// answered is seen nowhere, in whatever order numbers, changes, sweeps and losses come.
@Suite struct SpreadGenerationsTests {
  private final class Node {
    let harness = PoolHarness(memory: 4 << 20, generations: true)
    let journal = Journal.make(bytes: 1 << 20)!

    init() { harness.pool.setJournal(journal) }

    var last: UInt64 { Journal.bounds(journal).last }

    func sweep(upTo number: UInt64? = nil) {
      harness.now += 10000
      while harness.pool.sweepGenerations(now: harness.now, upTo: number) {}
    }

    func value(_ key: String) -> Int { harness.get(key).map { Int($0[0]) << 8 | Int($0[1]) } ?? 0 }
  }

  /// What is on its way from a primary to the copy.
  private struct Stream {
    var cursor: JournalCursor
    var records: [(kind: JournalRecord.Kind, bytes: [UInt8], sequence: UInt64)] = []
    var applied: UInt64 = 0
    var lastBump: UInt64 = 0
  }

  private struct Bump {
    let group: String
    let hash: UInt64
    let clock: UInt64
    /// What was stored before it has at most this number.
    let floor: Int
    /// For each primary the change by which it has it, 0: not yet.
    var sequences: [UInt64]
  }

  private struct World {
    static let groups = ["a", "b", "a:x"]
    var random: SeededGenerator
    var primaries = (0..<3).map { _ in Node() }
    var copy = Node()
    var streams: [Stream] = []
    /// Numbers that were told and have not arrived, for each primary.
    var told: [[Bump]] = [[], [], []]
    var underWay: [Bump] = []
    /// For each group the highest number that must not be seen any more.
    var floors: [String: Int] = [:]
    var number = 0
    /// The copy has taken the place of this primary.
    var replaced: Int?
    var faults: [String] = []

    init(_ seed: UInt64) {
      random = SeededGenerator(seed)
      primaries[0].harness.pool.leadGenerations()
      let first = primaries[0].harness.pool.generationClock
      for node in primaries[1...] { node.harness.pool.raiseGenerations(to: first) }
      join()
    }

    static let keys = (0..<3).flatMap { owner in ["a:\(owner)", "b:\(owner)", "a:x:\(owner)", "c:\(owner)"] }
    func owner(_ key: String) -> Int { Int(String(key.last!))! }
    func floor(_ key: String) -> Int {
      floors.reduce(0) { key.hasPrefix($1.key + ":") ? max($0, $1.value) : $0 }
    }

    /// The copy begins with nothing: a walk of each primary, and the changes from then on.
    mutating func join() {
      copy = Node()
      streams = primaries.map { Stream(cursor: JournalCursor(after: $0.last), applied: $0.last) }
      for place in primaries.indices {
        let pool = primaries[place].harness.pool
        copy.harness.pool.followGenerations(clock: pool.generationClock)
        // What comes between the walks of two primaries.
        for _ in 0..<Int.random(in: 0..<4, using: &random) { progress() }
        var cursor = WalkCursor()
        while pool.walk(
          &cursor, now: primaries[place].harness.now,
          body: { item, _ in
            store(String(decoding: item.key, as: UTF8.self), [UInt8](item.value), item.stamp)
          })
        {}
      }
    }

    func store(_ name: String, _ value: [UInt8], _ stamp: UInt32) {
      copy.harness.withKey(name) { key in
        var locked = copy.harness.pool.lockAsCopy(key, now: copy.harness.now)
        var info = ItemInfo()
        info.copyStamp(stamp)
        _ = value.withUnsafeBytes { locked.put($0, info) }
      }
    }

    mutating func read(_ place: Int) {
      var buffer = [UInt8](repeating: 0, count: 8192)
      while true {
        let before = streams[place].cursor.sequence
        let count = buffer.withUnsafeMutableBytes { raw in
          if case .bytes(let count) = Journal.read(
            primaries[place].journal, &streams[place].cursor, into: raw.baseAddress!, room: raw.count)
          {
            return count
          }
          return 0
        }
        if count == 0 { return }
        buffer.withUnsafeBytes { raw in
          Journal.forEach(UnsafeRawBufferPointer(rebasing: raw[..<count]), after: before) {
            streams[place].records.append(($0.kind, Array($0.bytes), $0.sequence))
          }
        }
      }
    }

    /// The next change of a primary arrives at the copy.
    mutating func deliver(_ place: Int) {
      if place == replaced { return }
      read(place)
      guard !streams[place].records.isEmpty else { return }
      let record = streams[place].records.removeFirst()
      if record.kind == .bump {
        let words = record.bytes.withUnsafeBytes {
          ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        copy.harness.pool.bumpAsCopy(hash: words.0, clock: words.1, time: 0)
        streams[place].lastBump = max(streams[place].lastBump, words.1)
      } else {
        let name = String(decoding: record.bytes, as: UTF8.self)
        let from = primaries[place].harness
        let state: ([UInt8], UInt32)? = from.withKey(name) { key in
          let locked = from.pool.lock(key, now: from.now)
          guard let item = locked.item else { return nil }
          locked.renewStamp()
          return ([UInt8](item.value), item.stamp)
        }
        if let state {
          store(name, state.0, state.1)
        } else {
          copy.harness.withKey(name) { key in
            var locked = copy.harness.pool.lockAsCopy(key, now: copy.harness.now)
            locked.remove()
          }
        }
      }
      streams[place].applied = record.sequence
      settle()
    }

    /// Bumps that all have are answered.
    mutating func settle() {
      underWay.removeAll { bump in
        for place in primaries.indices {
          if bump.sequences[place] == 0 { return false }
          if place != replaced, streams[place].applied < bump.sequences[place] { return false }
        }
        floors[bump.group] = max(floors[bump.group] ?? 0, bump.floor)
        return true
      }
    }

    func node(_ place: Int) -> Node { place == replaced ? copy : primaries[place] }

    mutating func bump() {
      let group = Self.groups.randomElement(using: &random)!
      let bytes = Array(group.utf8)
      var sequences: [UInt64] = [0, 0, 0]
      guard
        case .bumped(let clock) = bytes.withUnsafeBytes({ primaries[0].harness.pool.bump($0, time: 0) })
      else { return }
      sequences[0] = primaries[0].last
      let hash = bytes.withUnsafeBytes { Pool.groupHash($0) }
      let bump = Bump(group: group, hash: hash, clock: clock, floor: number, sequences: sequences)
      underWay.append(bump)
      told[1].append(bump)
      told[2].append(bump)
    }

    mutating func take(_ place: Int) {
      guard !told[place].isEmpty else { return }
      let bump = told[place].removeFirst()
      let node = node(place)
      if !node.harness.pool.bumpAsOwner(hash: bump.hash, clock: bump.clock, time: 0) {
        faults.append("\(bump.clock) is refused")
      }
      if let index = underWay.firstIndex(where: { $0.clock == bump.clock }) {
        underWay[index].sequences[place] = max(1, node.last)
      }
      settle()
    }

    mutating func progress() {
      let place = Int.random(in: 0..<3, using: &random)
      switch Int.random(in: 0..<100, using: &random) {
      case ..<25:
        number += 1
        let key = Self.keys.randomElement(using: &random)!
        node(owner(key)).harness.set(key, [UInt8(number >> 8), UInt8(truncatingIfNeeded: number)])
      case ..<30:
        let key = Self.keys.randomElement(using: &random)!
        _ = node(owner(key)).harness.touch(key, 2_100_000_000 + UInt32(number))
      case ..<40: bump()
      case ..<60: take(1 + place % 2)
      case ..<63: node(place).sweep()
      default: deliver(place)
      }
    }

    mutating func sweepCopy() {
      let others = streams.indices.filter { $0 != replaced }
      copy.sweep(upTo: others.map { streams[$0].lastBump }.min() ?? 0)
    }

    /// A primary is lost; the copy takes over, and what was not answered is not told any more.
    mutating func lose(_ place: Int) {
      read(place)
      while !streams[place].records.isEmpty { deliver(place) }
      underWay = []
      told = [[], [], []]
      copy.harness.pool.ownGenerations()
      replaced = place
      // The numbers of the next bumps are above those of all primaries.
      primaries[0].harness.pool.raiseGenerations(to: copy.harness.pool.generationClock)
    }

    mutating func check(_ seed: UInt64) {
      for key in Self.keys {
        for (name, node) in [("copy", copy), ("primary", node(owner(key)))] {
          let value = node.value(key)
          if value != 0, value <= floor(key) {
            faults.append("seed \(seed): \(key) is \(value) at the \(name), all up to \(floor(key)) is void")
          }
        }
      }
    }
  }

  @Test(arguments: 0..<150) func `nothing void is seen anywhere`(seed: UInt64) {
    var world = World(seed)
    for step in 0..<600 {
      world.progress()
      if step % 7 == 0, Bool.random(using: &world.random) { world.sweepCopy() }
      if step == 200 || step == 300, seed % 3 != 0 { world.join() }
      if step == 400, seed % 2 == 0 { world.lose(1 + Int(seed / 2 % 2)) }
      if step % 10 == 0 { world.check(seed) }
    }
    world.check(seed)
    #expect(world.faults.isEmpty, "\(world.faults.prefix(3)) of \(world.faults.count)")
    #expect(world.floors.count == 3)
  }

  @Test func `a number that is late is refused, and copies take numbers in any order`() {
    let (node, copy) = (Node(), Node())
    node.harness.pool.raiseGenerations(to: 100)
    #expect(node.harness.pool.bumpAsOwner(hash: 1, clock: 102, time: 0))
    #expect(!node.harness.pool.bumpAsOwner(hash: 2, clock: 101, time: 0))
    #expect(node.harness.pool.generationClock == 102)
    copy.harness.pool.followGenerations(clock: 100)
    copy.harness.pool.bumpAsCopy(hash: 0, clock: 103, time: 0)
    copy.harness.pool.bumpAsCopy(hash: 0, clock: 101, time: 0)
    copy.harness.set("old", [1])
    #expect(copy.harness.get("old") == nil)
    #expect(node.harness.pool.isFarGeneration(102 + 1 << 30) && !node.harness.pool.isFarGeneration(103))
  }
}
