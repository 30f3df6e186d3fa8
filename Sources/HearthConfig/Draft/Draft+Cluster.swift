import Glibc

extension Draft {
  /// Before the pools, which name its nodes.
  mutating func finishCluster() throws(ConfigurationError) {
    guard let written = cluster else {
      if let node = ownNode {
        throw node.origin.error("there is no cluster in the file", "add cluster:, or remove the flag")
      }
      return
    }
    guard !written.nodes.isEmpty else {
      throw written.origin.error(
        "it has no nodes", "add nodes:, for example [{name: a, address: 10.0.0.1}], or remove the section")
    }
    var nodes: [ClusterConfiguration.Node] = []
    for node in written.nodes { nodes.append(try finish(node, after: nodes)) }
    let own = try ownNumber(written, nodes)
    var result = ClusterConfiguration(nodes: nodes, own: own)
    result.secretFile = written.secretFile
    if let timeout = written.peerTimeout { result.peerTimeout = timeout }
    if let time = written.degradeAfter { result.degradeAfter = time }
    if let rate = written.resyncRate { result.resyncRate = rate }
    if let bytes = written.journal { result.journal = bytes }
    if let standby = written.standby { result.standby = try finishStandby(standby, nodes) }
    if let name = written.name {
      guard Self.isName(name.value) else {
        throw name.origin.error(
          "\(quoted(name.value)) is not the name of a cluster", "use 1 to 64 letters, digits, dots, - and _")
      }
      result.name = name.value
    }
    result.etcd = try written.etcd.map { (etcd) throws(ConfigurationError) in try Self.finish(etcd) }
    result.stateFile = try written.stateFile.map { (path) throws(ConfigurationError) in
      if path.value.hasSuffix("/") {
        throw path.origin.error("\(quoted(path.value)) is a directory", "add the name of a file in it")
      }
      return path.value
    }
    if written.secretFile == nil, let far = nodes.first(where: { !HostPort.isLoopback($0.peer.host) }) {
      throw written.origin.error(
        "it has no secret, and \(far.peer) can be reached from other machines",
        "add secret_file: with the path of a file that only hearthd can read, the same on every node")
    }
    configuration.cluster = result
  }

  private func finish(
    _ node: ClusterDraft.NodeDraft, after others: [ClusterConfiguration.Node]
  ) throws(ConfigurationError) -> ClusterConfiguration.Node {
    guard let name = node.name else {
      throw node.origin.error("the node has no name", "add name: and a word")
    }
    guard Self.isName(name.value) else {
      throw name.origin.error(
        "\(quoted(name.value)) is not a node name", "use 1 to 64 letters, digits, dots, - and _")
    }
    guard let address = node.address else {
      throw node.origin.error(
        "node \(name.value) has no address", "add address: with the host and port that clients connect to")
    }
    let peer =
      node.peer?.value
      ?? ClusterConfiguration.Address(host: address.value.host, port: ClusterSection.presetPeerPort)
    for other in others {
      if other.name == name.value {
        throw name.origin.error("there is already a node \(quoted(name.value))", "give each its own name")
      }
      if other.address == address.value || other.peer == peer || other.peer == address.value
        || other.address == peer
      {
        throw (node.peer?.origin ?? address.origin).error(
          "node \(other.name) has the same address", "give each node an address: and a peer: of its own")
      }
    }
    guard peer != address.value else {
      throw (node.peer?.origin ?? address.origin).error(
        "clients and nodes cannot share \(peer)", "give peer: another port")
    }
    return ClusterConfiguration.Node(
      name: name.value, address: address.value, peer: peer, weight: node.weight, zone: node.zone)
  }

  private func ownNumber(
    _ written: ClusterDraft, _ nodes: [ClusterConfiguration.Node]
  ) throws(ConfigurationError) -> Int {
    let names = nodes.map(\.name).joined(separator: ", ")
    if let own = ownNode ?? written.own {
      guard let index = nodes.firstIndex(where: { $0.name == own.value }) else {
        throw own.origin.error("there is no node \(quoted(own.value))", "give one of \(names)")
      }
      return index
    }
    let host = Self.hostName
    guard let index = nodes.firstIndex(where: { $0.name == host }) else {
      throw written.origin.error(
        "no node has the name of this machine, \(quoted(host))",
        "say which one this is: node: in the section, or --node=NAME with one of \(names)")
    }
    return index
  }

  private static var hostName: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, 255) == 0 else { return "" }
    return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The numbers of the nodes that a pool's copies name.
  func finishCopies(_ pool: PoolDraft?) throws(ConfigurationError) -> [[Int]] {
    guard let copies = pool?.copies else { return [] }
    guard let cluster = configuration.cluster else {
      throw copies.origin.error(
        "there is no cluster whose nodes it could name", "add cluster:, or remove the key")
    }
    var seen: Set<Int> = []
    var result: [[Int]] = []
    for copy in copies.value {
      var numbers: [Int] = []
      for name in copy {
        guard let number = cluster.nodes.firstIndex(where: { $0.name == name.value }) else {
          throw name.origin.error(
            "there is no node \(quoted(name.value))",
            "give one of \(cluster.nodes.map(\.name).joined(separator: ", "))")
        }
        guard seen.insert(number).inserted else {
          throw name.origin.error("node \(name.value) is named twice", "name each node once in a pool")
        }
        numbers.append(number)
      }
      guard !numbers.isEmpty else {
        throw copies.origin.error("a copy has no nodes", "name at least one in each, as in [[a, b]]")
      }
      result.append(numbers)
    }
    guard result.count <= PoolConfiguration.copyLimit else {
      throw copies.origin.error(
        "there are \(result.count) copies", "give \(PoolConfiguration.copyLimit) at most")
    }
    return result
  }

  /// A group can have keys in several pools, and one node numbers its bumps.
  func checkGroupsNodes(_ pools: [PoolConfiguration]) throws(ConfigurationError) {
    let keeping = pools.filter(\.keepsGenerations)
    guard let first = keeping.first, let other = keeping.first(where: { $0.copies != first.copies }) else {
      return
    }
    let written = self.pools.first { $0.name?.value == (other.copies.isEmpty ? first : other).name }
    guard let origin = written?.copies?.origin else { return }
    throw origin.error(
      "pools \(first.name) and \(other.name) keep generations, on different nodes",
      "give all pools with generations: the same copies:")
  }

  /// When a pool's writes are acknowledged.
  func finishReplication(_ pool: PoolDraft?, copies: [[Int]]) throws(ConfigurationError)
    -> ReplicationConfiguration
  {
    var result = ReplicationConfiguration()
    let settings = [pool?.replication?.origin, pool?.minimumReady?.origin, pool?.lagTime?.origin]
    if copies.count < 2, let origin = settings.compactMap(\.self).first {
      throw origin.error(
        "the pool has no second copy", "give it copies:, as in [[a], [b]], or remove the key")
    }
    if let mode = pool?.replication { result.mode = mode.value }
    if let minimum = pool?.minimumReady {
      guard minimum.value <= copies.count else {
        throw minimum.origin.error(
          "\(minimum.value) is more than the pool has copies, \(copies.count)", "give \(copies.count) or less"
        )
      }
      result.minimumReady = minimum.value
    }
    if let lag = pool?.lagTime {
      guard result.mode == .async else {
        throw lag.origin.error(
          "only replication: async has a lag", "remove the key, or add replication: async")
      }
      result.lagTime = lag.value
    }
    return result
  }
}
