/// A fast generator of pseudo-random numbers with 64 bits of state (Steele, Lea and Flood 2014). The same
/// seed gives the same load on every machine.
struct SplitMix64 {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  @inline(__always)
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// A number in [0, bound), by multiplication instead of a division.
  @inline(__always)
  mutating func next(below bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

  /// A number in [0, 1).
  @inline(__always)
  mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The finishing permutation: spreads every bit of the input over the whole output.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
