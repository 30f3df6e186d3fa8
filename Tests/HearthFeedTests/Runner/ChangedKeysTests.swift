import Testing

@testable import HearthFeed

struct ChangedKeysTests {
  private func note(_ keys: inout ChangedKeys, _ pool: Int, _ key: String) {
    var key = key
    key.withUTF8 { keys.note(pool: pool, UnsafeRawBufferPointer($0)) }
  }

  private func contains(_ keys: borrowing ChangedKeys, _ pool: Int, _ key: String) -> Bool {
    Array(key.utf8).withUnsafeBytes { keys.contains(pool: pool, $0) }
  }

  @Test
  func `what changed while a query ran is known, everything else is not`() {
    var keys = ChangedKeys()
    note(&keys, 0, "before")
    keys.open()
    for i in 0..<5000 { note(&keys, i % 3, "user:\(i)") }
    for i in 0..<5000 {
      for pool in 0..<3 {
        let known = contains(keys, pool, "user:\(i)")
        #expect(known == (pool == i % 3))
      }
    }
    let before = contains(keys, 0, "before")
    #expect(!before)
    keys.close()
    note(&keys, 0, "after")
    let after = contains(keys, 0, "after")
    #expect(!after)
    keys.open()
    let old = contains(keys, 0, "user:0")
    let count = keys.count
    #expect(!old && count == 0)
  }

  @Test
  func `the same key counts once`() {
    var keys = ChangedKeys(limit: 2)
    keys.open()
    for _ in 0..<10 { note(&keys, 0, "a") }
    let (count, overflown) = (keys.count, keys.hasOverflown)
    #expect(count == 1 && !overflown)
  }

  @Test
  func `too many changes make everything doubtful, until the next query`() {
    var keys = ChangedKeys(limit: 100)
    keys.open()
    for i in 0..<101 { note(&keys, 0, "k\(i)") }
    let overflown = keys.hasOverflown
    #expect(overflown)
    let other = contains(keys, 0, "other")
    #expect(other)
    keys.open()
    let stillOverflown = keys.hasOverflown
    #expect(!stillOverflown)
    let again = contains(keys, 0, "other")
    #expect(!again)
  }
}
