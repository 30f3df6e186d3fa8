import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthNet
import Synchronization

/// What all workers know of the nodes. Constant once made; any thread.
final class ClusterState: @unchecked Sendable {
  /// Listeners for other nodes have this tag.
  static let listenerTag: Int32 = -2
  /// Connections to other nodes have this one.
  static let linkTag: Int32 = -3

  let configuration: ClusterConfiguration
  /// The nodes that it has heard of.
  let directory: NodeDirectory
  private let secret: [UInt8]
  /// Another one for each idea of nodes and pools.
  private let map: UInt64
  /// For each pool where its keys are, in one copy that stays where it is; nil: every node has its own, or views say where they are.
  let placements: [UnsafePointer<Placement>?]
  /// What the nodes tell each other of pools that are kept by views; nil: there are none.
  let replication: Replication?
  /// How the nodes agree on the numbers of bumps; nil: they keep no pool with generations together.
  let numbering: Numbering?
  /// Who decides what this node may answer; set before the workers start.
  var control: ControlThread?

  /// Reads the secret and looks the nodes' names up.
  init(_ cluster: ClusterConfiguration, pools: [PoolConfiguration], workers: Int) throws(ServerError) {
    configuration = cluster
    secret = try Self.secret(cluster.secretFile)
    directory = try NodeDirectory(cluster)
    let members = cluster.nodes.map {
      RingMember(host: $0.address.host, port: $0.address.port, weight: $0.weight)
    }
    let hasViews = cluster.hasViews(pools)
    placements = pools.map { pool in
      if hasViews || pool.copies.isEmpty { return nil }
      let placement = UnsafeMutablePointer<Placement>.allocate(capacity: 1)
      placement.initialize(to: Placement(members: members, copies: pool.copies))
      return UnsafePointer(placement)
    }
    map = Self.digest(cluster, pools)
    numbering = Numbering(pools)
    replication = hasViews ? try Replication(cluster, pools, directory, workers: workers) : nil
  }

  /// Makes the control, if there is something to decide.
  func makeControl(_ server: UnsafeMutablePointer<ServerState>) throws(ServerError) {
    guard let replication else { return }
    var settings = ControlSettings()
    settings.authority = configuration.etcd != nil ? .store : .operator
    settings.degradeAfter = UInt64(configuration.degradeAfter)
    let file = try configuration.stateFile.map { (path) throws(ServerError) in try StateFile(path) }
    let made: ControlThread
    do throws(NetError) {
      made = try ControlThread(
        server, replication, own: configuration.own, settings: settings, stateFile: file)
    } catch { throw ServerError(error.description) }
    if let etcd = configuration.etcd {
      made.useStore(try EtcdSettings(etcd, cluster: configuration.name))
    } else {
      made.useFile()
    }
    control = made
  }

  /// What is wrong with the files that a node reads when it starts.
  static func problems(_ cluster: ClusterConfiguration) -> [String] {
    var problems: [String] = []
    do throws(ServerError) { _ = try secret(cluster.secretFile) } catch { problems.append(error.description) }
    do throws(ServerError) {
      if let path = cluster.stateFile { _ = try StateFile(path) }
    } catch { problems.append(error.description) }
    return problems
  }

  private static func secret(_ path: String?) throws(ServerError) -> [UInt8] {
    guard let path else { return [] }
    guard let file = fopen(path, "re") else {
      throw ServerError("cannot read the cluster's secret_file \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
    while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
    guard bytes.count >= 16 else {
      throw ServerError("the cluster's secret_file \(path) is too short: give 16 bytes or more")
    }
    return bytes
  }

  /// Where views say where keys are, copies may differ while a changed file is on its way to all: those that count are the view's.
  private static func digest(_ cluster: ClusterConfiguration, _ pools: [PoolConfiguration]) -> UInt64 {
    var text = ""
    if let standby = cluster.standby {
      text += "\(standby.first) \(standby.second) \(standby.address)\n"
    }
    let hasViews = cluster.hasViews(pools)
    for pool in pools {
      let kept = pool.copies.isEmpty ? "" : hasViews ? "views" : "file"
      text += "\(pool.name) \(pool.prefix) \(kept)\n"
      if !pool.copies.isEmpty {
        text += "\(pool.kind) \(pool.keepsGenerations) \(pool.replication.mode)\n"
      }
      if hasViews || pool.copies.isEmpty { continue }
      for node in pool.copies[0].map({ cluster.nodes[$0] }) {
        text += "\(node.name) \(node.address) \(node.weight)\n"
      }
    }
    return text.withUTF8 { bytes in
      bytes.baseAddress.map { hearth_hash($0, bytes.count) } ?? 0
    }
  }

  /// This node's side of a handshake.
  var handshake: PeerHandshake {
    PeerHandshake(name: configuration.ownNode.name, map: map, secret: secret)
  }

  /// What keeps nodes from each other, as it was told last; empty: nothing.
  private let troubles = Mutex<[Int: String]>([:])

  /// The way to a node is open (an empty text), or why it is not. What is new is told.
  func note(_ node: Int, _ trouble: String) {
    let isNews = troubles.withLock { known in
      let isNews = (known[node] ?? "") != trouble
      known[node] = trouble
      return isNews
    }
    if !isNews { return }
    let line = trouble.isEmpty ? "node \(name(node)) is connected" : "node \(name(node)): \(trouble)"
    let bytes = Array("hearthd: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// A line for the operator.
  func say(_ line: String) {
    let bytes = Array("hearthd: cluster: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Why there is no way to a node; empty: there is, or it was not tried.
  func trouble(_ node: Int) -> String { troubles.withLock { $0[node] ?? "" } }

  /// Connections to the peers' port that were not another node's, and when one was told last, seconds of the monotonic clock.
  private let strangers = Mutex<(count: UInt64, toldAt: UInt64?)>((0, nil))
  /// Seconds between two lines about them at least.
  private static let strangerPause: UInt64 = 60

  /// A connection was refused before it could prove that it is another node's.
  func noteStranger(_ reason: String) {
    let now = hearth_monotonic_ns() / 1_000_000_000
    let told: UInt64? = strangers.withLock { state in
      state.count += 1
      if let toldAt = state.toldAt, now < toldAt + Self.strangerPause { return nil }
      state.toldAt = now
      return state.count
    }
    guard let told else { return }
    let bytes = Array(
      "hearthd: a connection to the peers' port was refused: \(reason) (\(told) since the start)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// How many connections were refused since the start because they were not another node's.
  var refusedStrangers: UInt64 { strangers.withLock { $0.count } }

  /// What a node is called in errors.
  func name(_ node: Int) -> String { directory[node].node.name }
}
