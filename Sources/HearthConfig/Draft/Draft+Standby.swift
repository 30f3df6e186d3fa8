extension Draft {
  /// The pair with the floating address, among these nodes.
  func finishStandby(
    _ written: StandbyDraft, _ nodes: [ClusterConfiguration.Node]
  ) throws(ConfigurationError) -> ClusterConfiguration.Standby {
    let pair = try finishPair(written, nodes)
    guard let address = written.address else {
      throw written.origin.error(
        "it has no address", "add address: with the address that moves between the two, as in 10.0.0.100")
    }
    guard let literal = IPLiteral(address.value) else {
      throw address.origin.error(
        "\(quoted(address.value)) is not an IP address", "write it as in 10.0.0.100, without a port")
    }
    guard literal.isUnicast else {
      throw address.origin.error(
        "\(address.value) cannot move between machines",
        "give an address of the nodes' network that no machine has")
    }
    for node in nodes
    where IPLiteral(node.address.host) == literal || IPLiteral(node.peer.host) == literal {
      throw address.origin.error(
        "\(address.value) is node \(node.name)'s own", "give an address that no machine has by itself")
    }
    guard let roleFile = written.roleFile else {
      throw written.origin.error(
        "it has no role_file", "add role_file: with the path that keepalived tracks, as in /run/hearth/role")
    }
    return ClusterConfiguration.Standby(
      first: pair.first, second: pair.second, address: literal.text, roleFile: roleFile)
  }

  private func finishPair(
    _ written: StandbyDraft, _ nodes: [ClusterConfiguration.Node]
  ) throws(ConfigurationError) -> (first: Int, second: Int) {
    guard let pair = written.pair else {
      throw written.origin.error("it has no pair", "add pair: with the names of two nodes, as in [a, b]")
    }
    guard pair.value.count == 2 else {
      throw pair.origin.error(
        "a pair has two nodes, here \(pair.value.count == 1 ? "is" : "are") \(pair.value.count)",
        "name two, as in [a, b]")
    }
    var numbers: [Int] = []
    for name in pair.value {
      guard let number = nodes.firstIndex(where: { $0.name == name.value }) else {
        throw name.origin.error(
          "there is no node \(quoted(name.value))", "give one of \(nodes.map(\.name).joined(separator: ", "))"
        )
      }
      numbers.append(number)
    }
    guard numbers[0] != numbers[1] else {
      throw pair.origin.error("node \(pair.value[0].value) cannot be its own standby", "name two nodes")
    }
    return (numbers[0], numbers[1])
  }

  /// What the pair asks of the places that this node listens at.
  mutating func checkStandby(_ listeners: [Located<Listener>]) throws(ConfigurationError) {
    guard let standby = configuration.cluster?.ownStandby else { return }
    var isServed = false
    for listener in listeners {
      switch listener.value {
      case .tcp(let host, _, _):
        let literal = IPLiteral(host)
        isServed = isServed || host.isEmpty || literal?.text == standby.address
        if let literal, literal.isUnspecified, standby.address.contains(":") == host.contains(":") {
          isServed = true
        }
        // A name may mean it; it is looked up when the socket is bound.
        if !host.isEmpty, literal == nil { isServed = true }
      case .udp(let host, _):
        guard host.isEmpty || IPLiteral(host)?.isUnspecified == true else { continue }
        throw listener.origin.error(
          "by UDP on every address the floating one cannot be told from the others",
          "give the UDP listener an address, \(standby.address) or the node's own")
      case .unix: continue
      }
    }
    if !isServed {
      let place = ClusterConfiguration.Address(host: standby.address, port: 11211)
      note("cluster.standby: nothing listens on \(standby.address); add tcp: \"\(place)\" to listeners")
    }
  }
}
