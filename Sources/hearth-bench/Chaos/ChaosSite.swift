import CHearth
import Glibc
import HearthRig

/// Two machines of a pair, one with etcd, one for the clients, and a switch. One thread, but for the network.
final class ChaosSite {
  /// Where the cluster's decisions become durable.
  enum Store { case etcd, file }

  let network: VirtualNetwork
  let nodes: [ChaosNode]
  let plan: ChaosPlan
  let folder: ChaosFolder
  private var etcd: ChaosProcess?
  /// A file system of 64 KiB for each node's state file.
  private var disks: [String] = []

  static let storeHost = "store"

  init(_ plan: ChaosPlan, store: Store, resyncRate: String? = nil, hasClocks: Bool = false) throws {
    self.plan = plan
    network = try VirtualNetwork(servers: ["a", "b"], others: ["client", Self.storeHost])
    folder = try ChaosFolder()
    let secret = try folder.write("secret", "a secret of this pair alone\n")
    chmod(secret, 0o400)
    var nodes: [ChaosNode] = []
    for name in ["a", "b"] {
      var lines = ["secret_file: \(secret)", "nodes:"]
      for node in ["a", "b"] { lines.append("  - {name: \(node), address: \(network.address(node))}") }
      switch store {
      case .etcd: lines.append("etcd: {endpoints: [\(network.address(Self.storeHost)):2379]}")
      case .file:
        let disk = folder.file("\(name).disk")
        mkdir(disk, 0o755)
        guard ChildProcess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]) else {
          throw SystemError("cannot mount a tmpfs at \(disk)")
        }
        disks.append(disk)
        lines.append("state_file: \(disk)/state")
      }
      if let resyncRate { lines.append("resync_rate: \(resyncRate)") }
      let cluster = lines.map { "  \($0)" }.joined(separator: "\n")
      nodes.append(try ChaosNode(name, in: network, folder, plan, cluster: cluster, hasClock: hasClocks))
    }
    self.nodes = nodes
    if store == .etcd { try startEtcd() }
    for node in nodes { try node.start() }
    try waitUntil("both daemons answer", seconds: 10) { nodes.allSatisfy { $0.picture() != nil } }
    for node in nodes { try node.startKeepalived() }
    try nodes[0].control("bootstrap")
    try awaitReady()
  }

  deinit {
    for node in nodes {
      node.stopKeepalived()
      node.kill()
    }
    etcd = nil
    for disk in disks { _ = ChildProcess.run(["umount", disk]) }
  }

  private func startEtcd() throws {
    let (client, peer) = ("http://\(network.address(Self.storeHost)):2379", "http://127.0.0.1:2380")
    etcd = try ChaosProcess(
      network.wrapper(Self.storeHost) + [
        "etcd", "--data-dir=\(folder.file("etcd"))", "--listen-client-urls=\(client)",
        "--advertise-client-urls=\(client)", "--listen-peer-urls=\(peer)",
        "--initial-cluster=default=\(peer)",
        "--initial-advertise-peer-urls=\(peer)", "--logger=zap", "--log-outputs=\(folder.file("etcd.log"))",
      ])
    try waitUntil("etcd answers", seconds: 15) {
      (try? network.inside(Self.storeHost) {
        _ = try Socket(connectedTo: .tcp(host: network.address(Self.storeHost), port: 2379))
      }) != nil
    }
  }

  // ---- looking ----

  func node(_ name: String) -> ChaosNode? { nodes.first { $0.name == name } }

  /// The active node by the newest view, and the other.
  func roles() throws -> (active: ChaosNode, standby: ChaosNode) {
    let picture = nodes.compactMap { $0.picture() }.max { $0.view < $1.view }
    guard let picture, let active = node(picture.active) else {
      throw SystemError("no node says who is active")
    }
    return (active, nodes[active.name == "a" ? 1 : 0])
  }

  /// Both are ready, go by one view, and the active one has the address.
  var isReady: Bool {
    let pictures = nodes.compactMap { $0.picture() }
    guard pictures.count == 2, pictures[0].view == pictures[1].view,
      pictures.allSatisfy({ $0.states.values.allSatisfy { $0 == "active" || $0 == "warm" } }),
      pictures.allSatisfy({ $0.protected.values.allSatisfy { $0 } })
    else { return false }
    return nodes.allSatisfy { node in
      (try? network.hasFloatingAddress(node.name)) == (node.name == pictures[0].active)
    }
  }

  func awaitReady(seconds: Double = 30) throws {
    try waitUntil("both nodes are ready", seconds: seconds) { isReady }
  }

  /// Looks again and again; throws when it does not come about.
  func waitUntil(_ what: String, seconds: Double, _ condition: () -> Bool) throws {
    let end = hearth_monotonic_ns() + UInt64(seconds * 1e9)
    while !condition() {
      guard hearth_monotonic_ns() < end else {
        let seen = nodes.map { node in
          let picture = node.picture()
          let address = (try? network.hasFloatingAddress(node.name)) == true ? ", has the address" : ""
          return "\(node.name): "
            + (picture.map { "view \($0.view), active \($0.active), \($0.states)" } ?? "silent") + address
        }
        throw SystemError("it did not come about that \(what) (\(seen.joined(separator: "; ")))")
      }
      usleep(20_000)
    }
  }

  // ---- the disk ----

  /// Leaves no room for the state files.
  func fillDisks() {
    for disk in disks {
      let path = "\(disk)/filler"
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      let zeros = [UInt8](repeating: 0, count: 4096)
      while write(descriptor, zeros, zeros.count) > 0 {}
      close(descriptor)
    }
  }

  func freeDisks() { for disk in disks { unlink("\(disk)/filler") } }
}
