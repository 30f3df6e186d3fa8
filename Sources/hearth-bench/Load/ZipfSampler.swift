import Glibc

/// Draws ranks 1...n by Zipf's law with rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to
/// generate variates from monotone discrete distributions", 1996). No tables; a few logarithms a draw.
struct ZipfSampler {
  private let count: Double
  private let exponent: Double
  private let integralOfFirst: Double
  private let integralOfLast: Double
  private let shortcut: Double

  init(count: UInt64, exponent: Double) {
    self.count = Double(count)
    self.exponent = exponent
    integralOfFirst = Self.integral(1.5, exponent) - 1
    integralOfLast = Self.integral(Double(count) + 0.5, exponent)
    let two = Self.integral(2.5, exponent) - Self.density(2, exponent)
    shortcut = 2 - Self.inverseIntegral(two, exponent)
  }

  @inline(__always)
  func next(_ random: inout SplitMix64) -> UInt64 {
    while true {
      let u = integralOfLast + random.nextUnit() * (integralOfFirst - integralOfLast)
      let x = Self.inverseIntegral(u, exponent)
      let rank = min(max((x + 0.5).rounded(.down), 1), count)
      if rank - x <= shortcut || u >= Self.integral(rank + 0.5, exponent) - Self.density(rank, exponent) {
        return UInt64(rank)
      }
    }
  }

  private static func integral(_ x: Double, _ exponent: Double) -> Double {
    let logarithm = log(x)
    return expm1Ratio((1 - exponent) * logarithm) * logarithm
  }

  private static func density(_ x: Double, _ exponent: Double) -> Double { exp(-exponent * log(x)) }

  private static func inverseIntegral(_ x: Double, _ exponent: Double) -> Double {
    let t = max(x * (1 - exponent), -1)
    return exp(log1pRatio(t) * x)
  }

  /// expm1(x) / x, also near zero, where the exponent of Zipf's law is 1.
  private static func expm1Ratio(_ x: Double) -> Double {
    abs(x) > 1e-8 ? expm1(x) / x : 1 + x / 2 * (1 + x / 3)
  }

  /// log1p(x) / x, also near zero.
  private static func log1pRatio(_ x: Double) -> Double {
    abs(x) > 1e-8 ? log1p(x) / x : 1 - x / 2 + x * x / 3
  }
}
