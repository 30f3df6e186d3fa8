import CHearth

/// A Bloom filter of the keys that a pass over a table has met (B. H. Bloom, 1970): what is not in it was not met. Of a hundred
/// million keys that were not met about one seems to be in it, and is found by the next pass, which hashes otherwise. 8 to 16 bytes a
/// key; it grows by further filters, because what a server says of the number of rows may be far off.
final class KeyFilter {
  private static let hashes = 10

  /// One filter, 64 bits a key when it is full.
  private struct Layer {
    let words: UnsafeMutablePointer<UInt64>
    let mask: UInt64
    /// Keys that it may still take.
    var room: Int

    init(keys: Int) {
      var bits: UInt64 = 1 << 14
      while bits < UInt64(max(keys, 0)) * 64 && bits < 1 << 40 { bits *= 2 }
      mask = bits - 1
      room = Int(bits / 64)
      words = .allocate(capacity: Int(bits / 64))
      words.initialize(repeating: 0, count: Int(bits / 64))
    }

    func contains(_ hash: UInt64, _ step: UInt64) -> Bool {
      var hash = hash
      for _ in 0..<KeyFilter.hashes {
        let bit = hash & mask
        if words[Int(bit / 64)] & 1 << (bit % 64) == 0 { return false }
        hash = hash &+ step
      }
      return true
    }

    mutating func insert(_ hash: UInt64, _ step: UInt64) {
      var hash = hash
      for _ in 0..<KeyFilter.hashes {
        let bit = hash & mask
        words[Int(bit / 64)] |= 1 << (bit % 64)
        hash = hash &+ step
      }
      room -= 1
    }
  }

  private var layers: [Layer]
  private let seed: UInt64

  /// - Parameter keys: How many are expected.
  init(keys: Int, seed: UInt64) {
    layers = [Layer(keys: keys)]
    self.seed = seed
  }

  deinit { for layer in layers { layer.words.deallocate() } }

  func insert(_ key: UnsafeRawBufferPointer) {
    guard let start = key.baseAddress else { return }
    let (hash, step) = hashes(start, key.count)
    if layers.contains(where: { $0.contains(hash, step) }) { return }
    let last = layers.count - 1
    if layers[last].room <= 0 {
      layers.append(Layer(keys: Int((layers[last].mask + 1) / 32)))
      layers[last + 1].insert(hash, step)
    } else {
      layers[last].insert(hash, step)
    }
  }

  func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    guard let start = key.baseAddress else { return false }
    let (hash, step) = hashes(start, key.count)
    return layers.contains { $0.contains(hash, step) }
  }

  /// Where a key's bits begin, and how far they are apart: odd, so that they differ.
  private func hashes(_ start: UnsafeRawPointer, _ count: Int) -> (UInt64, UInt64) {
    (hearth_hash_seeded(start, count, seed), hearth_hash_seeded(start, count, ~seed) | 1)
  }
}
