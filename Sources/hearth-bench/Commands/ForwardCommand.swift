import ArgumentParser
import Glibc

/// `hearth-bench forward`: what it costs that a get came by another node than the one that has its key.
struct ForwardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forward",
    abstract: "Measures what passing a get on to another node costs.",
    discussion: """
      Starts two nodes of a cluster, a and b, with a thread each, and writes keys that b has. Then it compares the \
      CPU time of gets that are asked of b with that of the same gets asked of a, which passes them on: of both \
      nodes together. With more than one core the nodes have core 0 and the load core 1.
      """)

  @Option(help: "The hearthd to measure (default: the one beside this program).") var hearthd: String?
  @Option(help: "Number of different keys.") var keys: UInt64 = 100_000
  @Option(help: "Memory of a node in MiB.") var memory = 128
  @Option(help: "Runs of each case at each node.") var runs = 5
  @Option(help: "Seconds of each run.") var seconds = 3.0
  @Flag(help: "Let the nodes and the load use all cores.") var noPin = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard keys > 0, (1...1000).contains(runs), seconds > 0, seconds <= 3600 else {
      throw ValidationError("--keys must be positive, --runs 1 to 1000, --seconds above 0 and at most 3600")
    }
    guard (64...1_048_576).contains(memory) else {
      throw ValidationError("--memory must be 64 to 1048576")
    }
  }

  /// A load, and how much dearer it may be when it is passed on.
  private struct Case: Sendable {
    let title: String
    let target: Double
    let adjust: @Sendable (inout LoadPlan) -> Void
  }

  private static let cases = [
    Case(title: "get, depth 1", target: 2.2) { _ in },
    Case(title: "get, depth 50", target: 1.6) { $0.depth = 50 },
    Case(title: "50-key multiget, per key", target: 1.6) { $0.multiget = 50 },
  ]

  func run() throws {
    let pinned = !noPin && sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1
    if pinned { try Affinity.pinSelf(to: 1) }
    let shown = Progress.wanted(forced: progress)
    let ports = (try Socket.freePort(), try Socket.freePort())
    let nodes = try ["a", "b"].map { name in
      try ServerProcess.start(
        hearthd: hearthd ?? ServerOptions.sibling("hearthd"), configuration: configuration(name, ports),
        memory: memory, threads: 1, pin: pinned ? 0 : nil)
    }
    defer { for node in nodes { node.stop() } }
    let keyspace = Keyspace(keySize: 30, valueSize: .fixed(100))
    var load = LoadPlan(endpoint: nodes[1].endpoint)
    load.keys = keys
    let filled = try LoadRun.run(load.prefill(), keyspace)
    if filled.failed { throw SystemError("filling: \(filled.complaint ?? "the node closed a connection")") }
    load.seconds = seconds
    load.warmup = 0.3
    load.serverPIDs = nodes.map(\.pid)

    var table = MarkdownTable(["gets", "at their node", "passed on", "ratio", "target", "met"])
    for item in Self.cases {
      var samples: [[Double]] = [[], []]
      var plan = load
      item.adjust(&plan)
      for run in 1...runs {
        for (place, node) in [nodes[1], nodes[0]].enumerated() {
          plan.endpoint = node.endpoint
          plan.seed = UInt64(run)
          let way = place == 0 ? "at their node" : "passed on"
          let result = try LoadRun.run(
            plan, keyspace, progress: Progress(enabled: shown, prefix: "\(item.title) \(run)/\(runs) \(way) ")
          )
          guard !result.failed, result.counts.misses == 0, let cost = result.serverMicroseconds else {
            throw SystemError("\(item.title), \(way): \(result.complaint ?? "gets missed that had to hit")")
          }
          samples[place].append(cost)
        }
      }
      let (local, passed) = (Statistics.median(samples[0]), Statistics.median(samples[1]))
      table.add([
        item.title, Format.decimal(local, 3), Format.decimal(passed, 3), Format.decimal(passed / local, 2),
        Format.decimal(item.target, 1), passed / local <= item.target ? "yes" : "no",
      ])
    }
    Console.output(
      """
      CPU microseconds of both nodes per get (user + system), medians of \(runs) alternating runs of \
      \(Format.decimal(seconds, 1)) s; a thread each, 50 connections, \(Format.grouped(keys)) keys of 30 bytes, \
      values of 100.

      \(table.text)
      """)
  }

  /// Two nodes, all keys on b.
  private func configuration(_ name: String, _ ports: (UInt16, UInt16)) -> String {
    """
    cluster:
      node: \(name)
      nodes:
        - {name: a, address: "127.0.0.1:1", peer: "127.0.0.1:\(ports.0)"}
        - {name: b, address: "127.0.0.1:2", peer: "127.0.0.1:\(ports.1)"}
    pools:
      - {name: default, copies: [[b]]}
    """
  }
}
