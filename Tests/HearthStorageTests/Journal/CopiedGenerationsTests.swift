import Testing

@testable import HearthStorage

/// What is void at the node that numbers the bumps is void in a copy, whenever bumps, items and sweeps come there.
@Suite struct CopiedGenerationsTests {
  /// A node with its pool and its journal.
  private final class Node {
    let harness = PoolHarness(memory: 8 << 20, generations: true)
    let journal = Journal.make(bytes: 1 << 20)!
    var cursor = JournalCursor(after: 0)
    /// What is on the way to its copy: keys and bumps, which overtake each other.
    var keys: [String] = []
    var bumps: [(hash: UInt64, clock: UInt64)] = []
    /// The last bump that came.
    var number: UInt64 = 0

    init() { harness.pool.setJournal(journal) }

    private func withBytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
      Array(text.utf8).withUnsafeBytes(body)
    }

    func bump(_ group: String) { withBytes(group) { _ = harness.pool.bump($0, time: 0) } }

    func generation(_ group: String) -> UInt64 { withBytes(group) { harness.pool.generation($0) } }

    func sweep() {
      harness.now += 10000
      let number = number == 0 ? harness.pool.generationClock : number
      while harness.pool.sweepGenerations(now: harness.now, upTo: number) {}
    }

    func readJournal() {
      var buffer = [UInt8](repeating: 0, count: 8192)
      while true {
        let before = cursor.sequence
        let count = buffer.withUnsafeMutableBytes { raw in
          guard
            case .bytes(let count) = Journal.read(journal, &cursor, into: raw.baseAddress!, room: raw.count)
          else { return 0 }
          return count
        }
        if count == 0 { return }
        buffer.withUnsafeBytes { raw in
          Journal.forEach(UnsafeRawBufferPointer(rebasing: raw[..<count]), after: before) { record in
            if record.kind == .bump {
              bumps.append(
                (
                  record.bytes.loadUnaligned(as: UInt64.self),
                  record.bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                ))
            } else {
              keys.append(String(decoding: record.bytes, as: UTF8.self))
            }
          }
        }
      }
    }

    /// Sends what a key is now.
    func send(_ name: String, to copy: Node) {
      let state: (value: [UInt8], stamp: UInt32)? = harness.withKey(name) { key in
        let locked = harness.pool.lock(key, now: harness.now)
        guard let item = locked.item else { return nil }
        locked.renewStamp()
        return ([UInt8](item.value), item.stamp)
      }
      copy.store(name, state)
    }

    func store(_ name: String, _ state: (value: [UInt8], stamp: UInt32)?) {
      harness.withKey(name) { key in
        var locked = harness.pool.lockAsCopy(key, now: harness.now)
        guard let state else { return locked.remove() }
        var info = ItemInfo()
        info.copyStamp(state.stamp)
        _ = state.value.withUnsafeBytes { locked.put($0, info) }
      }
    }

    func sendOne(to copy: Node, _ random: inout SeededGenerator) {
      readJournal()
      if !bumps.isEmpty, keys.isEmpty || Bool.random(using: &random) {
        let bump = bumps.removeFirst()
        copy.harness.pool.bumpAsCopy(hash: bump.hash, clock: bump.clock, time: 0)
        copy.number = bump.clock
      } else if !keys.isEmpty {
        send(keys.removeFirst(), to: copy)
      }
    }

    func sendAll(to copy: Node, _ random: inout SeededGenerator) {
      readJournal()
      while !(keys.isEmpty && bumps.isEmpty) { sendOne(to: copy, &random) }
    }

    /// A walk over everything, for a copy that has nothing.
    func walk(to copy: Node) {
      readJournal()
      keys = []
      bumps = []
      copy.harness.pool.followGenerations(clock: harness.pool.generationClock)
      var cursor = WalkCursor()
      var goesOn = true
      while goesOn {
        goesOn = harness.pool.walk(&cursor, now: harness.now) { item, _ in
          copy.store(String(decoding: item.key, as: UTF8.self), ([UInt8](item.value), item.stamp))
        }
      }
    }
  }

  private static let groups = ["a", "a:b", "a:c", "d", "d:e:f", ""]
  private static let keys = ["a", "a:b", "a:b:1", "a:c:2", "a:x", "d:e:f:g", "d:e", "z", "a:b:c:d"]

  private func expectEqual(_ a: Node, _ b: Node, _ seed: UInt64) {
    for key in Self.keys {
      #expect(a.harness.get(key) == b.harness.get(key), "seed \(seed): \(key)")
    }
  }

  @Test(arguments: 0..<200) func `copies agree with the node that they follow`(seed: UInt64) {
    var random = SeededGenerator(seed)
    var primary = Node()
    primary.harness.pool.leadGenerations()
    var copy = Node()
    primary.walk(to: copy)
    var value: UInt8 = 0
    for _ in 0..<400 {
      let key = Self.keys.randomElement(using: &random)!
      switch Int.random(in: 0..<100, using: &random) {
      case ..<40:
        value &+= 1
        primary.harness.set(key, [value])
      case ..<45: primary.harness.remove(key)
      case ..<60: primary.bump(Self.groups.randomElement(using: &random)!)
      case ..<63: primary.sweep()
      case ..<66: copy.sweep()
      case ..<95: primary.sendOne(to: copy, &random)
      case ..<98:
        primary.sendAll(to: copy, &random)
        expectEqual(primary, copy, seed)
      default:
        // The primary is lost with what it has not sent; all that was acknowledged is there.
        let numbers = Self.groups.map { primary.generation($0) }
        primary.sendAll(to: copy, &random)
        primary.harness.set(key, [0])
        primary.bump("a")
        copy.harness.pool.leadGenerations()
        copy.number = 0
        primary = copy
        copy = Node()
        for (group, number) in zip(Self.groups, numbers) {
          #expect(primary.generation(group) >= number, "seed \(seed): \(group)")
        }
        primary.walk(to: copy)
        expectEqual(primary, copy, seed)
      }
    }
    primary.sendAll(to: copy, &random)
    expectEqual(primary, copy, seed)
  }

  @Test func `what a lost primary has numbered is never numbered again`() {
    let (primary, copy) = (Node(), Node())
    primary.harness.pool.leadGenerations()
    primary.walk(to: copy)
    primary.harness.set("a:1", [1])
    // The copy hears of what was written after the bump, and not of the bump.
    primary.bump("z")
    primary.harness.set("a:1", [2])
    primary.readJournal()
    primary.send("a:1", to: copy)
    copy.harness.pool.leadGenerations()
    copy.bump("a")
    #expect(copy.harness.get("a:1") == nil)
  }

  @Test func `a copy without room for a group makes the pool void`() {
    let copy = Node()
    copy.harness.pool.followGenerations(clock: 1000)
    var clock: UInt64 = 1000
    copy.store("other", ([1], 1000))
    // The table takes an eighth of 8 MiB.
    while copy.harness.get("other") != nil, clock < 100_000 {
      clock += 1
      copy.harness.pool.bumpAsCopy(hash: clock &* 0x9e37_79b9_7f4a_7c15 | 1, clock: clock, time: 0)
    }
    #expect(copy.harness.get("other") == nil)
    copy.harness.pool.ownGenerations()
    #expect(copy.harness.pool.generationClock == clock)
  }
}
