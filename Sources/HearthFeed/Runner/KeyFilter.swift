import CHearth

/// A Bloom filter of the keys that a pass over a table has met (B. H. Bloom, 1970): what is not in it was not met; one in a hundred of
/// what was not met seems to be in it, and is found by the next pass, which hashes otherwise. 10 bits a key.
final class KeyFilter {
  private let words: UnsafeMutablePointer<UInt64>
  private let mask: UInt64
  private let seed: UInt64

  init(keys: Int, seed: UInt64) {
    var bits: UInt64 = 1 << 16
    while bits < UInt64(max(keys, 0)) * 10 && bits < 1 << 36 { bits *= 2 }
    mask = bits - 1
    words = .allocate(capacity: Int(bits / 64))
    words.initialize(repeating: 0, count: Int(bits / 64))
    self.seed = seed
  }

  deinit { words.deallocate() }

  func insert(_ key: UnsafeRawBufferPointer) {
    guard let start = key.baseAddress else { return }
    var hash = hearth_hash_seeded(start, key.count, seed)
    let step = hash >> 33 | 1
    for _ in 0..<6 {
      words[Int((hash & mask) / 64)] |= 1 << (hash % 64)
      hash = hash &+ step &* 0x9e37_79b9
    }
  }

  func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    guard let start = key.baseAddress else { return false }
    var hash = hearth_hash_seeded(start, key.count, seed)
    let step = hash >> 33 | 1
    for _ in 0..<6 {
      if words[Int((hash & mask) / 64)] & 1 << (hash % 64) == 0 { return false }
      hash = hash &+ step &* 0x9e37_79b9
    }
    return true
  }
}
