import HearthJSON
import HearthRig
import Testing

/// What `hearth-bench chaos` finds when it breaks a pair: real daemons, etcd and keepalived. One run of each fault; twenty with HEARTH_SLOW.
@Suite(
  "a pair under faults", .serialized,
  .enabled(if: VirtualNetwork.isPermitted, "network namespaces need root and are not permitted here"))
struct ChaosTests {
  /// What was measured of one fault.
  private struct Measure {
    let figures: JSONValue
    let remarks: String

    /// - Parameter flags: Of `hearth-bench chaos`.
    init(_ fault: String, _ flags: [String] = []) throws {
      let program = try Program(
        [
          Binaries.hearthBench, "chaos", "--hearthd", Binaries.hearthd, "--hearthctl", Binaries.hearthctl,
          "--keepalived", "\(packageRoot)/Deploy/keepalived", "--fault", fault, "--json", "--runs",
          Binaries.isSlow ? "20" : "1",
        ] + flags, seconds: Binaries.isSlow ? 1200 : 120)
      remarks = program.errors
      guard let figures = try? JSONParser.parse(Array(program.output.utf8)),
        let fault = figures["faults"]?.items?.first
      else { throw TestFailure("hearth-bench chaos: \(program.ending), \(program.errors)") }
      self.figures = fault
    }

    func count(_ name: String) -> UInt64? { figures[name]?.unsigned }

    var medianTakeover: Double? {
      guard case .number(let text)? = figures["takeover_ms_median"] else { return nil }
      return Double(text)
    }
  }

  /// Each with the longest time without an acknowledged write, milliseconds. On a machine that is shared with other tests a single
  /// run may take five times as long.
  @Test(arguments: [
    ("kill", 100.0), ("cut", 500), ("link", 700), ("partition", 1500), ("slow-kill", 200), ("stop", 1000),
    ("standby", 1300), ("etcd", 200), ("keepalived", 1000), ("restart", 300), ("promote", 200),
    ("disk", 4200), ("sync-standby", 1300), ("clock", 200), ("clock-start", 200),
  ])
  func `no acknowledged write is lost and no read is wrong`(fault: String, milliseconds: Double) throws {
    let measure = try Measure(fault)
    let remarks = Comment(rawValue: measure.remarks)
    #expect(measure.count("failed_runs") == 0, remarks)
    #expect(measure.count("lost") == 0, remarks)
    #expect(measure.count("stale_reads") == 0, remarks)
    #expect(measure.count("false_misses") == 0, remarks)
    #expect(measure.count("double_actives") == 0, remarks)
    #expect(try #require(measure.count("acknowledged")) > 1000, remarks)
    #expect(try #require(measure.count("reads")) > 100, remarks)
    let takeover = try #require(measure.medianTakeover)
    #expect(takeover <= milliseconds * (Binaries.isSlow ? 1 : 5), remarks)
  }

  @Test func `a node that was loading when its source died serves nothing`() throws {
    let measure = try Measure("sync-kill")
    let remarks = Comment(rawValue: measure.remarks)
    #expect(measure.count("failed_runs") == 0, remarks)
    #expect(measure.count("false_misses") == 0 && measure.count("stale_reads") == 0, remarks)
  }

  @Test func `what is acknowledged before the standby has it can be lost, and the count shows it`() throws {
    // The load may happen to have nothing under way when the node is killed.
    let isLost = try (1...5).contains { _ in
      try #require(Measure("slow-kill", ["--async"]).count("lost")) > 0
    }
    #expect(isLost)
  }
}

private let packageRoot = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
  .joined(separator: "/")
