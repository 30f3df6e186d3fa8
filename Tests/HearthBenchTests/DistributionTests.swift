import Glibc
import Testing

@testable import hearth_bench

@Suite struct DistributionTests {
  /// The mean rank of Zipf's law is the quotient of two generalised harmonic numbers.
  @Test(arguments: [0.8, 1.0, 1.2]) func zipfMeanRank(exponent: Double) {
    let count = 1000
    let weights = (1...count).map { pow(Double($0), -exponent) }
    let mean = zip(1...count, weights).reduce(0) { $0 + Double($1.0) * $1.1 } / weights.reduce(0, +)
    let sampler = ZipfSampler(count: UInt64(count), exponent: exponent)
    var random = SplitMix64(seed: 7)
    let draws = 100_000
    var sum = 0.0
    var firsts = 0
    for _ in 0..<draws {
      let rank = sampler.next(&random)
      #expect((1...UInt64(count)).contains(rank))
      sum += Double(rank)
      if rank == 1 { firsts += 1 }
    }
    #expect(abs(sum / Double(draws) / mean - 1) < 0.03)
    #expect(abs(Double(firsts) / Double(draws) / (1 / weights.reduce(0, +)) - 1) < 0.05)
  }

  @Test func theSameSeedGivesTheSameKeys() {
    func draw(_ distribution: KeyDistribution, _ seed: UInt64) -> [UInt64] {
      var sampler = KeySampler(distribution, first: 100, count: 5000, seed: seed)
      return (0..<50).map { _ in sampler.nextKey() }
    }
    for distribution in [KeyDistribution.uniform, .zipf(1)] {
      #expect(draw(distribution, 1) == draw(distribution, 1))
      #expect(draw(distribution, 1) != draw(distribution, 2))
      #expect(draw(distribution, 1).allSatisfy { (100..<5100).contains($0) })
    }
    #expect(draw(.sequential, 1) == Array(100..<150))
  }

  @Test func uniformCoversAllKeysEvenly() {
    var sampler = KeySampler(.uniform, first: 0, count: 10, seed: 3)
    var seen = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 { seen[Int(sampler.nextKey())] += 1 }
    #expect(seen.allSatisfy { (850...1150).contains($0) })
  }

  @Test func sizesFollowTheirText() throws {
    #expect(SizeDistribution(argument: "100") == .fixed(100))
    #expect(SizeDistribution(argument: "fixed:0") == .fixed(0))
    #expect(SizeDistribution(argument: "uniform:5-9") == .uniform(5...9))
    for bad in ["", "x", "uniform:9-5", "uniform:5", "lognormal:230", "fixed:-1", "2000000", "gamma:1"] {
      #expect(SizeDistribution(argument: bad) == nil, "\(bad)")
    }
    let sizes = try #require(SizeDistribution(argument: "lognormal:230,1"))
    #expect(sizes.size(atQuantile: 0.5) == 230)
    // One sigma up is e times the median.
    #expect(abs(Double(sizes.size(atQuantile: 0.841345)) - 230 * M_E) < 2)
    #expect(SizeDistribution.uniform(5...9).size(atQuantile: 0.001) == 5)
    #expect(SizeDistribution.uniform(5...9).size(atQuantile: 0.999) == 9)
  }

  @Test func timesToLiveFollowTheirText() {
    #expect(TTLMix(argument: "60")?.choices == [60])
    #expect(TTLMix(argument: "5,10")?.choices == [5, 10])
    #expect(TTLMix(argument: "uniform:5-8")?.choices == [5, 6, 7, 8])
    for bad in ["", "x", "5,x", "uniform:0-5", "uniform:8-5", "2592001", "-1"] {
      #expect(TTLMix(argument: bad) == nil, "\(bad)")
    }
    let mix = TTLMix(choices: [1, 2], text: "1,2")
    #expect(mix.seconds(forBits: 0) == 1)
    #expect(mix.seconds(forBits: .max) == 2)
    #expect(mix.mean == 1.5)
  }

  @Test func ratiosAndKeyDistributionsFollowTheirText() {
    #expect(Ratio(argument: "1:9")?.writes == 1)
    #expect(Ratio(argument: "0:0") == nil)
    #expect(Ratio(argument: "1") == nil)
    #expect(KeyDistribution(argument: "zipf:0.99") == .zipf(0.99))
    #expect(KeyDistribution(argument: "zipf:0") == nil)
    #expect(KeyDistribution(argument: "normal") == nil)
  }
}
