/// Requests by Zipf's law over objects of log-normal size.
enum SyntheticTrace {
  /// About 2 KiB in the mean: the number of objects then follows from the footprint.
  static let sizes = SizeDistribution.logNormal(median: 1240, sigma: 1)
  static let meanSize: UInt64 = 2048

  static func make(exponent: Double, footprint: UInt64, requests: Int, seed: UInt64 = 1) -> Trace {
    let count = max(footprint / meanSize, 1)
    let table = (0..<4096).map { UInt32(sizes.size(atQuantile: (Double($0) + 0.5) / 4096)) }
    let objects = (0..<count).map { table[Int(SplitMix64.mix($0) >> 52)] }
    let zipf = ZipfSampler(count: count, exponent: exponent)
    var random = SplitMix64(seed: seed)
    let order = (0..<requests).map { _ in UInt32(zipf.next(&random) - 1) }
    return Trace(name: "zipf \(Format.decimal(exponent, 1))", requests: order, sizes: objects)
  }
}
