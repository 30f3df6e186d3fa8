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
    ["herd", "--scenario", "some"], ["herd", "--ttl", "1s"], ["herd", "--ttl", "2500ms"],
    ["herd", "--compute", "0"], ["herd", "--compute", "200"], ["herd", "--compute", "soon"],
    ["herd", "--interval", "3s"], ["herd", "--clients", "0"], ["herd", "--clients", "3", "--threads", "4"],
    ["herd", "--expiries", "0"], ["bump", "--items", "0"], ["bump", "--bumps", "0"],
    ["bump", "--interval", "0"],
    ["feed", "--rows", "0"], ["feed", "--only", "everything"], ["feed", "--rate", "0"],
    ["feed", "--writers", "0"], ["feed", "--runs", "0"],
    ["chaos", "--fault", "rain"], ["chaos", "--runs", "0"], ["chaos", "--seconds", "0"],
    ["bump", "--only-latency", "--only-cost"], ["bump", "--memory", "1"], ["bump", "--seconds", "0"],
  ]) func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try HearthBench.parseAsRoot(arguments) }
  }

  @Test(arguments: [
    ["run", "--op", "mg", "--ratio", "1:9", "--distribution", "zipf:1.0", "--ttl", "5,10", "--json"],
    ["compare", "--threads", "2", "--cases", "get-1,udp-8"], ["fill"], ["expiry", "--ttl", "uniform:10-60"],
    ["replay", "x.lis", "--paired"], ["replay", "--synthetic", "zipf:0.8", "--synthetic", "zipf:1.2"],
    [
      "herd", "--scenario", "none", "--scenario", "all", "--compute", "50ms", "--ttl", "1m", "--svg", "x.svg",
    ],
    ["bump", "--items", "1000", "--only-latency"],
    [
      "chaos", "--fault", "kill", "--fault", "slow-kill", "--runs", "20", "--seconds", "2.5", "--async",
      "--json",
    ],
    ["feed", "--only", "load", "--only", "clients", "--rows", "10000000", "--json"],
  ]) func accepted(arguments: [String]) throws {
    _ = try HearthBench.parseAsRoot(arguments)
  }

  @Test func unknownCasesAreNamed() {
    #expect(throws: SystemError.self) { try CompareCase.named(["get-1", "get-2"]) }
  }

  @Test(arguments: [
    ("200ms", 200_000_000 as UInt64), ("2s", 2_000_000_000), ("2", 2_000_000_000), ("3m", 180_000_000_000),
    ("1h", 3_600_000_000_000), ("1d", 86_400_000_000_000), ("0", 0),
  ]) func timesHaveUnits(text: String, nanoseconds: UInt64) {
    #expect(TimeLength(argument: text)?.nanoseconds == nanoseconds)
  }

  @Test(arguments: ["", "ms", "-1s", "+1s", "1.5s", "1 s", "99999999999999999d", "1us"])
  func otherTimesAreRefused(text: String) { #expect(TimeLength(argument: text) == nil) }

  @Test func timesReadAsTheyAreWritten() {
    #expect("\(TimeLength.milliseconds(250))" == "250ms")
    #expect("\(TimeLength.seconds(90))" == "90s")
  }
}
