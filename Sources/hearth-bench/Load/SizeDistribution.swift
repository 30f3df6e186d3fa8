import ArgumentParser
import Glibc

/// How long values are: `100`, `fixed:100`, `uniform:50-500` or `lognormal:230,1.2` (median in bytes, sigma
/// of the logarithm). The size of a value is a function of its key, so that every reply can be verified.
enum SizeDistribution: Equatable, Sendable {
  case fixed(Int)
  case uniform(ClosedRange<Int>)
  case logNormal(median: Double, sigma: Double)

  /// The longest value that fits memcached's default item limit of 1 MiB together with its header and key.
  static let largest = 1_048_576 - 1024

  /// The size at a quantile in (0, 1).
  func size(atQuantile quantile: Double) -> Int {
    switch self {
    case .fixed(let size): size
    case .uniform(let range):
      range.lowerBound + min(Int(quantile * Double(range.count)), range.count - 1)
    case .logNormal(let median, let sigma):
      Int(
        min(
          max((median * exp(sigma * Self.normalQuantile(quantile))).rounded(), 1), Double(Self.largest)))
    }
  }

  /// The inverse of the normal distribution function, by bisection: it is needed a few thousand times.
  static func normalQuantile(_ quantile: Double) -> Double {
    var low = -8.0
    var high = 8.0
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < quantile { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

extension SizeDistribution: ExpressibleByArgument {
  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    let kind = parts.count == 2 ? parts[0] : "fixed"
    let text = parts.last ?? ""
    switch kind {
    case "fixed":
      guard let size = Int(text), (0...Self.largest).contains(size) else { return nil }
      self = .fixed(size)
    case "uniform":
      let bounds = text.split(separator: "-").compactMap { Int($0) }
      guard bounds.count == 2, bounds[0] >= 0, bounds[0] <= bounds[1], bounds[1] <= Self.largest
      else { return nil }
      self = .uniform(bounds[0]...bounds[1])
    case "lognormal":
      let numbers = text.split(separator: ",").compactMap { Double($0) }
      guard numbers.count == 2, numbers[0] >= 1, numbers[1] >= 0 else { return nil }
      self = .logNormal(median: numbers[0], sigma: numbers[1])
    default: return nil
    }
  }
}
