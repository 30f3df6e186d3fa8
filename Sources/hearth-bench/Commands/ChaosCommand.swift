import ArgumentParser
import Glibc
import HearthRig

/// `hearth-bench chaos`: what a pair loses when something breaks.
struct ChaosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chaos",
    abstract: "Puts a standby pair through faults and counts what is lost.",
    discussion: """
      Builds two servers, an etcd and a client as network namespaces of this machine (needs root, keepalived, etcd, \
      iproute2 and for clocks faketime), writes numbered values to the floating address, breaks something, heals it, and reads everything again. The \
      takeover is the longest time without an acknowledged write. A write without an answer, or with an error, counts neither \
      as lost nor as kept. Ends with status 1 when an acknowledged write is missing or a read was wrong.
      """)

  @Option(help: "The hearthd to break (default: the one beside this program).") var hearthd: String?
  @Option(help: "The hearthctl to use (default: the one beside this program).") var hearthctl: String?
  @Option(help: "Directory with keepalived's a.conf and b.conf.") var keepalived = "Deploy/keepalived"
  @Option(
    help: ArgumentHelp(
      "The fault: \(ChaosFault.allCases.map(\.rawValue).joined(separator: ", ")). May be given often (default: all)."
    ))
  var fault: [ChaosFault] = []
  @Option(help: "Runs of each fault.") var runs = 5
  @Option(help: "Seconds from a fault until it is healed.") var seconds = 4.0
  @Option(help: "An existing directory to which the files of each site, with all logs, are copied.") var keep:
    String?
  @Flag(help: "The pool acknowledges before the standby has a write.") var async = false
  @Flag(help: "Print the results as JSON.") var json = false

  func validate() throws {
    guard (1...1000).contains(runs), (1...600).contains(seconds) else {
      throw ValidationError("--runs must be 1 to 1000, --seconds 1 to 600")
    }
  }

  func run() throws {
    guard VirtualNetwork.isPermitted else {
      throw SystemError("network namespaces need root and are not permitted here")
    }
    let plan = ChaosPlan(
      hearthd: hearthd ?? ServerOptions.sibling("hearthd"),
      hearthctl: hearthctl ?? ServerOptions.sibling("hearthctl"), keepalived: keepalived, seconds: seconds,
      runs: runs, isAsync: async)
    var report = ChaosReport()
    var hasFailed = false
    for fault in fault.isEmpty ? ChaosFault.allCases : fault {
      if fault.setsClocks && !SteppableClock.isAvailable {
        report.add(fault, reason: "Debian's package faketime is not installed")
        continue
      }
      let results = try measure(fault, plan)
      hasFailed = hasFailed || results.contains { !$0.failures.isEmpty }
      report.add(fault, results)
    }
    Console.output(json ? report.json : report.text)
    if hasFailed { throw ExitCode(1) }
  }

  /// Runs on one site as long as all goes well.
  private func measure(_ fault: ChaosFault, _ plan: ChaosPlan) throws -> [ChaosResult] {
    var results: [ChaosResult] = []
    var site: ChaosSite?
    for number in 1...plan.runs {
      let current =
        try site
        ?? ChaosSite(
          plan, store: fault.store, resyncRate: fault.resyncRate, hasClocks: fault.setsClocks)
      site = current
      let result = try ChaosRun(site: current, fault: fault, number: number).run()
      results.append(result)
      Console.error("\(fault.rawValue) \(number): \(result)")
      for complaint in result.tally.complaints { Console.error("  \(complaint)") }
      // What went wrong may have left it in any state.
      if !result.failures.isEmpty { site = nil }
      if let keep, site == nil || number == runs {
        _ = ChildProcess.run(["cp", "-r", current.folder.path, "\(keep)/\(fault.rawValue)-\(number)"])
      }
    }
    return results
  }
}
