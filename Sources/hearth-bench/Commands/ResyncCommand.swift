import ArgumentParser
import Glibc

/// `hearth-bench resync`: how fast a node loads its copies, and what clients notice of that.
struct ResyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resync",
    abstract: "Measures how fast a node loads its copies, and what clients notice when that is limited.",
    discussion: """
      Starts two nodes on loopback with a copy of everything on each, without etcd. The second one is killed and started again for each \
      run. The parts, which --only chooses from: speed: without a limit; clients: with resync_rate, beside gets at --client-rate. \
      For the clients' part the node that is copied from has core 0 and all others core 1, where there is more than one, as if the \
      nodes had machines of their own.
      """)

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case speed, clients
  }

  @Option(help: "The hearthd to measure (default: the one beside this program).") var hearthd: String?
  @Option(help: "The hearthctl to use (default: the one beside this program).") var hearthctl: String?
  @Option(help: "Measure this part only: speed or clients. May be repeated.") var only: [Part] = []
  @Option(help: "MiB of values.") var size = 600
  @Option(help: "Bytes of a value.") var valueSize = 2000
  @Option(help: "MiB per second, for clients.") var limit = 50
  @Option(help: "Gets per second of the clients.") var clientRate = 2000
  @Option(help: "Runs of each part.") var runs = 5
  @Flag(help: "Let nodes and clients use all cores.") var noPin = false
  @Flag(help: "Print the result as JSON.") var json = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard (16...100_000).contains(size), (64...100_000).contains(valueSize) else {
      throw ValidationError("--size must be 16 to 100000, --value-size 64 to 100000")
    }
    guard (1...10_000).contains(limit), (4...1_000_000).contains(clientRate), (1...1000).contains(runs) else {
      throw ValidationError("--limit must be 1 to 10000, --client-rate 4 to 1000000, --runs 1 to 1000")
    }
  }

  func run() throws {
    let measure = ResyncMeasure(
      hearthd: hearthd ?? ServerOptions.sibling("hearthd"),
      hearthctl: hearthctl ?? ServerOptions.sibling("hearthctl"), size: size, valueSize: valueSize,
      runs: runs, isPinned: !noPin && sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1,
      shown: Progress.wanted(forced: progress))
    let parts = only.isEmpty ? Part.allCases : only
    var report = FigureReport()
    if parts.contains(.speed) { report.add(try measure.speed()) }
    if parts.contains(.clients) { report.add(try measure.clients(limit: limit, rate: clientRate)) }
    Console.output(json ? report.json : report.text)
  }
}
