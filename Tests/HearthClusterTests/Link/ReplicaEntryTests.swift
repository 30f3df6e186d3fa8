import HearthCluster
import Testing

/// What one node tells another of a key is read as it was written, or not at all.
@Suite struct ReplicaEntryTests {
  private func bytes(_ entry: ReplicaEntry, _ rest: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: ReplicaEntry.headerSize)
    bytes.withUnsafeMutableBytes { entry.write(to: $0.baseAddress!) }
    return bytes + rest
  }

  private func read(_ bytes: [UInt8]) -> ReplicaEntry? { bytes.withUnsafeBytes { ReplicaEntry($0) } }

  private func random(_ generator: inout some RandomNumberGenerator) -> ReplicaEntry {
    let kind = [ReplicaEntry.Kind.item, .removed, .flushed].randomElement(using: &generator)!
    var entry = ReplicaEntry(
      kind, pool: .random(in: 0...63, using: &generator), keyLength: .random(in: 1...250, using: &generator))
    entry.marks = .random(in: 0...31, using: &generator)
    entry.valueLength = .random(in: 0...5000, using: &generator)
    entry.clientFlags = .random(in: 0...UInt32.max, using: &generator)
    entry.expiry = .random(in: 0...UInt32.max, using: &generator)
    entry.life = .random(in: 0...UInt32.max, using: &generator)
    entry.cas = .random(in: 0...UInt64.max, using: &generator)
    return entry
  }

  @Test func `any entry is read as it was written`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let entry = random(&generator)
      let value = entry.isLarge ? 0 : Int(entry.valueLength)
      #expect(entry.size == ReplicaEntry.headerSize + Int(entry.keyLength) + value)
      let written = bytes(entry, [UInt8](repeating: 7, count: entry.size - ReplicaEntry.headerSize))
      #expect(read(written) == entry)
      // What follows is the next entry's.
      #expect(read(written + [1, 2, 3]) == entry)
    }
  }

  @Test func `a part of an entry is none`() {
    var entry = ReplicaEntry(.item, pool: 3, keyLength: 5)
    entry.valueLength = 9
    let whole = bytes(entry, Array("key..".utf8) + Array("123456789".utf8))
    for count in 0..<whole.count { #expect(read(Array(whole.prefix(count))) == nil) }
    #expect(read(whole) == entry)
    // Of a large value only the key is there.
    entry.marks = ReplicaEntry.Mark.large
    entry.valueLength = 1 << 30
    let large = bytes(entry, Array("key..".utf8))
    #expect(read(large) == entry && entry.size == large.count)
    #expect(read(large.dropLast()) == nil)
  }

  @Test func `a key has 1 to 250 bytes, and a kind is one of three`() {
    for length in [0, 251, 255] {
      let entry = ReplicaEntry(.item, pool: 0, keyLength: length)
      #expect(read(bytes(entry, [UInt8](repeating: 65, count: 300))) == nil)
    }
    for kind in [0, 7, 255] as [UInt8] {
      var written = bytes(ReplicaEntry(.item, pool: 0, keyLength: 1), [65])
      written[0] = kind
      #expect(read(written) == nil)
    }
  }

  @Test func `random bytes are never more than there is`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...400, using: &generator)
      var input = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      // Half of them begin well.
      if count > 8, Bool.random(using: &generator) {
        input[0] = .random(in: 1...3, using: &generator)
        for place in 5...7 { input[place] = 0 }
      }
      if let entry = read(input) { #expect(entry.size <= count && 1...250 ~= entry.keyLength) }
    }
  }
}
