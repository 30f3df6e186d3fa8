/// `cluster`: the nodes that keep pools together.
enum ClusterSection {
  /// The port that nodes connect to each other at, where none is given.
  static let presetPeerPort: UInt16 = 11220
  /// Milliseconds.
  static let timeoutRange = 10...60_000
  static let weightRange = 1...1000

  static let fields: [Field<Draft>] = [
    Field("cluster") { (entry, draft) throws(ConfigurationError) in
      // With every line commented out there is none.
      if entry.isNull { return }
      var cluster = ClusterDraft(origin: entry.origin)
      try entry.read(settings, into: &cluster)
      draft.cluster = cluster
    }
  ]

  private static let settings: [Field<ClusterDraft>] = [
    Field("node") { (entry, cluster) throws(ConfigurationError) in cluster.own = try entry.text() },
    Field("secret_file") { (entry, cluster) throws(ConfigurationError) in
      cluster.secretFile = try entry.absolutePath()
    },
    Field("peer_timeout") { (entry, cluster) throws(ConfigurationError) in
      cluster.peerTimeout = try entry.milliseconds(timeoutRange).value
    },
    Field("degrade_after") { (entry, cluster) throws(ConfigurationError) in
      cluster.degradeAfter = try entry.milliseconds(300...60_000).value
    },
    Field("resync_rate") { (entry, cluster) throws(ConfigurationError) in
      cluster.resyncRate = try entry.size(1 << 20...1 << 40).value
    },
    Field("journal") { (entry, cluster) throws(ConfigurationError) in
      cluster.journal = try entry.size(1 << 20...1 << 36).value
    },
    Field("standby") { (entry, cluster) throws(ConfigurationError) in
      if entry.isNull { return }
      var standby = StandbyDraft(origin: entry.origin)
      try entry.read(standbyFields, into: &standby)
      cluster.standby = standby
    },
    Field("name") { (entry, cluster) throws(ConfigurationError) in cluster.name = try entry.text() },
    Field("etcd") { (entry, cluster) throws(ConfigurationError) in
      if !entry.isNull { cluster.etcd = try EtcdFields.read(entry) }
    },
    Field("state_file") { (entry, cluster) throws(ConfigurationError) in
      cluster.stateFile = Located(try entry.absolutePath(), entry.origin)
    },
    Field("nodes") { (entry, cluster) throws(ConfigurationError) in
      let items = try entry.items()
      guard items.count <= ClusterConfiguration.nodeLimit else {
        throw entry.error(
          "there are \(items.count) nodes", "give \(ClusterConfiguration.nodeLimit) at most")
      }
      for item in items {
        var node = ClusterDraft.NodeDraft(origin: item.origin)
        try item.read(nodeFields, into: &node)
        cluster.nodes.append(node)
      }
    },
  ]

  private static let standbyFields: [Field<StandbyDraft>] = [
    Field("pair") { (entry, standby) throws(ConfigurationError) in
      var names: [Located<String>] = []
      for item in try entry.items() { names.append(try item.text()) }
      standby.pair = Located(names, entry.origin)
    },
    Field("address") { (entry, standby) throws(ConfigurationError) in
      standby.address = try entry.text(as: "an IP address", "10.0.0.100")
    },
    Field("role_file") { (entry, standby) throws(ConfigurationError) in
      standby.roleFile = try entry.absolutePath()
    },
  ]

  private static let nodeFields: [Field<ClusterDraft.NodeDraft>] = [
    Field("name") { (entry, node) throws(ConfigurationError) in node.name = try entry.text() },
    Field("address") { (entry, node) throws(ConfigurationError) in
      node.address = try address(entry, presetPort: 11211)
    },
    Field("peer") { (entry, node) throws(ConfigurationError) in
      node.peer = try address(entry, presetPort: presetPeerPort)
    },
    Field("zone") { (entry, node) throws(ConfigurationError) in node.zone = try entry.text().value },
    Field("weight") { (entry, node) throws(ConfigurationError) in
      node.weight = UInt32(try entry.integer(weightRange).value)
    },
  ]

  /// A host with or without a port that others can connect to.
  static func address(
    _ entry: Entry, presetPort: UInt16
  ) throws(ConfigurationError) -> Located<ClusterConfiguration.Address> {
    let place = try entry.address(presetPort: presetPort)
    guard place.value.port != 0, place.value.host != "0.0.0.0", place.value.host != "::" else {
      throw entry.error("nobody can connect there", "give the address and port that others connect to")
    }
    return Located(
      ClusterConfiguration.Address(host: place.value.host, port: place.value.port), place.origin)
  }
}
