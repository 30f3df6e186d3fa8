/// Chooses the next key's number. One per thread, so that no two threads share state.
struct KeySampler {
  private let distribution: KeyDistribution
  private let first: UInt64
  private let count: UInt64
  private let zipf: ZipfSampler
  private var random: SplitMix64
  private var next: UInt64

  /// Keys first ..< first + count.
  init(_ distribution: KeyDistribution, first: UInt64, count: UInt64, seed: UInt64) {
    self.distribution = distribution
    self.first = first
    self.count = max(count, 1)
    if case .zipf(let exponent) = distribution {
      zipf = ZipfSampler(count: self.count, exponent: exponent)
    } else {
      zipf = ZipfSampler(count: 1, exponent: 1)
    }
    random = SplitMix64(seed: seed)
    next = 0
  }

  @inline(__always)
  mutating func nextKey() -> UInt64 {
    switch distribution {
    case .uniform: return first &+ random.next(below: count)
    case .zipf: return first &+ zipf.next(&random) &- 1
    case .sequential:
      let key = first &+ next
      next = next &+ 1 == count ? 0 : next &+ 1
      return key
    }
  }

  /// A number in [0, bound) from the same generator.
  @inline(__always)
  mutating func chance(below bound: UInt64) -> UInt64 { random.next(below: bound) }
}
