import Testing

@testable import hearth_bench

@Suite struct CommandLineTests {
  @Test(arguments: [
    ["run", "--key-size", "15"], ["run", "--connections", "0"],
    ["run", "--threads", "2", "--connections", "1"],
    ["run", "--depth", "0"], ["run", "--udp", "--unix", "/x"], ["run", "--op", "steal"],
    ["run", "--ratio", "1"], ["run", "--value-size", "big"], ["run", "--seconds", "0"],
    ["compare", "--runs", "0"], ["expiry", "--ttl", "0"], ["replay"], ["replay", "--synthetic", "uniform"],
    ["replay", "x.lis", "--memory", "none"], ["fill", "--memory", "many"],
  ]) func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try HearthBench.parseAsRoot(arguments) }
  }

  @Test(arguments: [
    ["run", "--op", "mg", "--ratio", "1:9", "--distribution", "zipf:1.0", "--ttl", "5,10", "--json"],
    ["compare", "--threads", "2", "--cases", "get-1,udp-8"], ["fill"], ["expiry", "--ttl", "uniform:10-60"],
    ["replay", "x.lis", "--paired"], ["replay", "--synthetic", "zipf:0.8", "--synthetic", "zipf:1.2"],
  ]) func accepted(arguments: [String]) throws {
    _ = try HearthBench.parseAsRoot(arguments)
  }

  @Test func unknownCasesAreNamed() {
    #expect(throws: SystemError.self) { try CompareCase.named(["get-1", "get-2"]) }
  }
}
