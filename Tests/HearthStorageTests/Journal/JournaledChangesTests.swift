import Testing

@testable import HearthStorage

/// What a pool notes of its changes, and which version they get.
@Suite struct JournaledChangesTests {
  private let harness = PoolHarness()
  private let journal = Journal.make(bytes: 1 << 20)!

  init() {
    harness.pool.setJournal(journal)
    Journal.setEpoch(journal, 7)
  }

  /// The keys that were noted since the last call.
  private func noted(_ cursor: inout JournalCursor) -> [String] {
    let before = cursor.sequence
    var buffer = [UInt8](repeating: 0, count: 8192)
    var keys: [String] = []
    buffer.withUnsafeMutableBytes { raw in
      guard case .bytes(let count) = Journal.read(journal, &cursor, into: raw.baseAddress!, room: raw.count)
      else { return }
      Journal.forEach(UnsafeRawBufferPointer(rebasing: raw[..<count]), after: before) {
        keys.append($0.kind == .key ? String(decoding: $0.bytes, as: UTF8.self) : "flush")
      }
    }
    return keys
  }

  private func expectNoted(
    _ keys: [String], _ cursor: inout JournalCursor, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = noted(&cursor)
    #expect(found == keys, sourceLocation: sourceLocation)
  }

  @Test func `each change is noted once, and reads are not`() {
    var cursor = JournalCursor(after: 0)
    harness.set("a", [1, 2, 3])
    expectNoted(["a"], &cursor)
    _ = harness.get("a")
    _ = harness.cas("a")
    expectNoted([], &cursor)
    #expect(harness.touch("a", harness.now + 50))
    expectNoted(["a"], &cursor)
    // The same expiry again is no change.
    #expect(harness.touch("a", harness.now + 50))
    expectNoted([], &cursor)
    harness.withKey("a") { key in
      var locked = harness.pool.lock(key, now: harness.now)
      locked.setMarks(stale: true, win: false)
    }
    expectNoted(["a"], &cursor)
    harness.remove("a")
    expectNoted(["a"], &cursor)
    // A copy may have what is not here.
    harness.remove("a")
    expectNoted(["a"], &cursor)
    harness.set("large", [UInt8](repeating: 9, count: 300_000))
    expectNoted(["large"], &cursor)
    #expect(harness.get("large")?.count == 300_000)
  }

  @Test func `a version is the change's, and stays with touches and marks`() {
    harness.set("a", [1])
    let first = harness.cas("a")
    #expect(first == 7 << 40 | 1)
    _ = harness.touch("a", harness.now + 50)
    #expect(harness.cas("a") == first)
    let assigned = harness.withKey("a") { key in
      var locked = harness.pool.lockForWrite(key, now: harness.now)
      return locked.assignCAS()
    }
    #expect(assigned && harness.cas("a") == 7 << 40 | 3)
    harness.set("a", [2])
    #expect(harness.cas("a") == 7 << 40 | 4)
    harness.set("large", [UInt8](repeating: 9, count: 300_000))
    #expect(harness.cas("large") == 7 << 40 | 5)
    #expect(Journal.bounds(journal).last == 5)
  }

  @Test func `a version survives compaction and eviction of others`() {
    harness.set("kept", [1])
    let version = harness.cas("kept")
    for round in 0..<20 {
      for i in 0..<5000 { harness.set("other\(i)", [UInt8](repeating: UInt8(round), count: 200)) }
      guard harness.get("kept") != nil else { return }
      #expect(harness.cas("kept") == version)
    }
  }

  @Test func `what is written as a copy is noted nowhere and has the version it came with`() {
    // The thread may have changed something in another test.
    _ = Journal.takeSequence()
    var cursor = JournalCursor(after: 0)
    harness.withKey("copy") { key in
      var locked = harness.pool.lockAsCopy(key, now: harness.now)
      let value: [UInt8] = [5, 6]
      let isStored = value.withUnsafeBytes { locked.put($0, ItemInfo(clientFlags: 3, cas: 4711)) }
      #expect(isStored)
    }
    #expect(harness.cas("copy") == 4711)
    #expect(harness.get("copy") == [5, 6])
    harness.withKey("copy") { key in
      var locked = harness.pool.lockAsCopy(key, now: harness.now)
      let isGiven = locked.setExpiry(harness.now + 9)
      #expect(isGiven)
      locked.setMarks(stale: true, win: true)
    }
    #expect(harness.cas("copy") == 4711)
    harness.withKey("copy") { key in
      var locked = harness.pool.lockAsCopy(key, now: harness.now)
      locked.remove()
    }
    #expect(harness.get("copy") == nil)
    expectNoted([], &cursor)
    #expect(Journal.bounds(journal).last == 0 && Journal.takeSequence() == 0)
  }
}
