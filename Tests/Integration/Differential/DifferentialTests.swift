import Testing

/// The same generated streams to hearthd and to the installed memcached; the answers and the state behind them must
/// be the same, but for the differences listed in `AllowedDifference`.
@Suite("differential")
struct DifferentialTests {
  /// Half of the streams arrive in pieces.
  @Test(arguments: 0..<8) func `generated streams are answered like memcached's`(part: Int) throws {
    let comparison = try Comparison()
    let seeds = Binaries.environment("HEARTH_SEED").flatMap { UInt64($0) }.map { [$0] } ?? seeds(of: part)
    var failures = 0
    for seed in seeds {
      var generator = StreamGenerator(seed: seed, peer: comparison.peer)
      let bursts = generator.bursts()
      let cutSeed = seed % 2 == 0 ? nil : seed
      guard let mismatch = try comparison.run(bursts, cutSeed: cutSeed) else { continue }
      let smallest = try comparison.shrink(bursts, cutSeed: cutSeed, mismatch)
      report(seed, smallest.bursts, smallest.mismatch)
      failures += 1
      if failures == 3 { break }
    }
  }

  private func seeds(of part: Int) -> [UInt64] {
    let count = Binaries.isSlow ? 1000 : 50
    return (0..<count).map { UInt64(part * 100_000 + $0) }
  }

  private func report(_ seed: UInt64, _ bursts: [[StreamCommand]], _ mismatch: Comparison.Mismatch) {
    let keys = StreamKeys(run: 0)
    let stream = bursts.map { burst in
      printable(burst.flatMap { $0.bytes(keys, cas: [:]) }, limit: 4000).replacing("\\r\\n", with: "\\r\\n\n")
    }
    Issue.record(
      """
      seed \(seed): hearthd answered \(mismatch.ours)
      memcached answered \(mismatch.theirs)
      the smallest stream, bursts apart, CAS values as if unknown:
      \(stream.joined(separator: "----\n"))
      """)
  }
}
