import Glibc
import HearthRig
import TestDatabase

/// Several daemons that keep pools together, each on ports of its own.
final class TestCluster {
  let folder: TemporaryFolder
  let names: [String]
  let ports: [UInt16]
  let peerPorts: [UInt16]
  private(set) var nodes: [Daemon] = []
  /// For a node: what goes before the command that starts it.
  var wrappers: [Int: [String]] = [:]
  private var files: [String] = []
  private let settings: [String]
  private let zones: [String]
  private let hasStateFiles: Bool
  private let more: String

  /// - Parameters:
  ///   - pools: The file's `pools`, in YAML.
  ///   - settings: Further lines of the section `cluster`, without their indentation.
  ///   - weights: For each node.
  ///   - zones: For each node.
  ///   - hasStateFiles: Each node has a state file of its own.
  init(
    _ count: Int = 3, pools: String? = nil, settings: [String] = ["peer_timeout: 5s"], weights: [Int] = [],
    zones: [String] = [], hasStateFiles: Bool = false, more: String = "", starts: Bool = true
  ) throws {
    folder = try TemporaryFolder()
    names = (0..<count).map { String(UnicodeScalar(UInt8(97 + $0))) }
    let free = try (0..<2 * count).map { _ in try FreePort.next() }
    ports = Array(free[..<count])
    peerPorts = Array(free[count...])
    self.settings = settings
    self.zones = zones
    self.hasStateFiles = hasStateFiles
    self.more = more
    try write(pools: pools, weights: weights)
    if !starts { return }
    for i in 0..<count { nodes.append(try start(i)) }
    try awaitLinks()
  }

  /// Writes the files of all nodes, or of some, anew.
  func write(pools: String? = nil, weights: [Int] = [], for these: [Int]? = nil) throws {
    var lines = settings.map { "  \($0)" } + ["  nodes:"]
    for i in names.indices {
      let weight = i < weights.count ? ", weight: \(weights[i])" : ""
      let zone = i < zones.count ? ", zone: \(zones[i])" : ""
      lines.append(
        "    - {name: \(names[i]), address: \"127.0.0.1:\(ports[i])\", peer: \"127.0.0.1:\(peerPorts[i])\"\(weight)\(zone)}"
      )
    }
    let all = names.joined(separator: ", ")
    lines += ["pools:", pools ?? "  - {name: default, copies: [[\(all)]]}"]
    if files.isEmpty { files = names.map { folder.file("\($0).yaml") } }
    for (index, name) in names.enumerated() where these?.contains(index) ?? true {
      var own = ["memory: 128m", "threads: 2", "admin: {listen: \(folder.file("\(name).sock"))}", "cluster:"]
      if hasStateFiles { own.append("  state_file: \(folder.file("\(name).state"))") }
      _ = try folder.write("\(name).yaml", (own + lines + [more]).joined(separator: "\n") + "\n")
    }
  }

  /// Replaces a word in the file of one node.
  func replace(_ word: String, with text: String, for index: Int) throws {
    try folder.write("\(names[index]).yaml", readText(files[index]).replacing(word, with: text))
  }

  /// Starts a node, again or for the first time.
  func start(_ index: Int, flags: [String] = []) throws -> Daemon {
    try Daemon(
      ["--config", files[index], "--node", names[index], "-l", "127.0.0.1", "-p", "\(ports[index])"] + flags,
      at: .asConfigured, wrapper: wrappers[index] ?? [])
  }

  /// Starts a node that was killed.
  func restart(_ index: Int) throws { nodes[index] = try start(index) }

  /// Starts the next node that was never started.
  func startNext(flags: [String] = []) throws { nodes.append(try start(nodes.count, flags: flags)) }

  /// Waits until every node is connected to all others that run.
  func awaitLinks() throws {
    try eventually("the nodes are connected") {
      for node in nodes where node.isRunning {
        let statistics = try node.connect().statistics("cluster")
        let others = statistics.filter { $0.key.hasSuffix(":connections") }
        if others.contains(where: { Int($0.value) ?? 0 < 2 }) { return false }
      }
      return true
    }
  }
}
