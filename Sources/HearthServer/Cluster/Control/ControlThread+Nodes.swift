import CHearth
import Glibc
import HearthCluster
import HearthStorage

/// Nodes that come and go with views, and what this node's file wants of the map.
extension ControlThread {
  /// This node's name.
  private var name: String { replication.map.nodes[own].name }

  /// A view is durable, or another node goes by it.
  func see(_ view: View) {
    guard view.map.isSameCluster(as: replication.map) else {
      return log("the view is of other pools than the file: start all nodes with the same pools")
    }
    guard let number = view.map.number(of: name) else { return stayOutside(view) }
    if control.view.number == 0 { enter(view, as: number) }
    handle(.viewSeen(view))
  }

  /// The first view: its nodes have their numbers from it, whatever their order in the file is.
  private func enter(_ view: View, as number: Int) {
    if outsideView == nil, control.view.map.nodes.map(\.name) == view.map.nodes.map(\.name) { return }
    guard let numbers = NodeNumbers(view.map, replication.directory) else { return }
    outsideView = nil
    self.numbers = numbers
    let nonce = (control.incarnation >> 16 + 1) << 16
    control = ClusterControl(
      node: number, map: view.map, settings: settings, durable: nil, dataKept: false, nonce: nonce,
      now: PeerLinks.now)
    control.wanted = wantedMap.digest
    data = DataState(nodes: view.map.nodes.count)
    for node in linked {
      if let peer = numbers.number(node) { handle(.linkOpened(peer: peer)) }
    }
  }

  /// The cluster does not know this node yet, or no more: it passes requests on.
  private func stayOutside(_ view: View) {
    if control.view.number > 0 || view.number <= outsideView?.number ?? 0 { return }
    guard let numbers = NodeNumbers(view.map, replication.directory) else { return }
    if outsideView == nil {
      log("the cluster's map does not have this node: hearthctl rebalance takes it in")
    }
    outsideView = view
    self.numbers = numbers
    tellDirectory(view)
    publish(.outside(view))
  }

  /// Another view: its nodes may be more.
  func learnNodes() {
    if let learnt = NodeNumbers(control.view.map, replication.directory) { numbers = learnt }
    tellDirectory(control.view)
  }

  /// Connections are made to all that own something, or are to.
  private func tellDirectory(_ view: View) {
    var wanted = numbers.set(view.members)
    for node in wantedMap.nodes {
      if let number = replication.directory.number(of: node.name) { wanted.insert(number) }
    }
    replication.directory.wanted = wanted
  }

  /// Who is new in the view has a link from now on; others are shown it.
  func meetNodes(from before: View) {
    let known = Set(before.map.nodes.map(\.name))
    for node in linked {
      guard let number = numbers.number(node) else {
        showView(to: node)
        continue
      }
      if !known.contains(control.view.map.nodes[number].name) { later.append(.linkOpened(peer: number)) }
    }
    tellFile(before)
  }

  /// To a node that the view does not name.
  func showView(to node: Int) {
    if outsideView == nil, control.view.number > 0 { send(.view(control.view), to: node) }
  }

  /// A message of another node's control.
  func take(_ message: ControlMessage, from node: Int) {
    if case .view(let view) = message, control.view.number == 0 || numbers.number(node) == nil {
      // Before the first view, and from one that the view does not name: theirs may be newer.
      if view.number > 0 { see(view) }
    } else if let number = numbers.number(node) {
      handle(.received(message, from: number))
    }
  }

  // ---- what the file wants

  /// The file was read again.
  func want(map: ClusterMap) {
    wantedMap = map
    control.wanted = map.digest
    for node in map.nodes where replication.directory.number(of: node.name) == nil {
      replication.directory.add(node)
    }
    tellDirectory(outsideView ?? control.view)
    let line =
      control.view.has(map)
      ? "the file's map is the cluster's"
      : "the file's map is not the cluster's: once all nodes have read the same file, hearthctl rebalance makes it so"
    log(line)
  }

  /// Where the cluster goes by another map than this node's file.
  private func tellFile(_ before: View) {
    let view = control.view
    if view.isJoint && !before.isJoint { log("the map changes: nodes load what they gain") }
    if before.isJoint && !view.isJoint {
      log(view.change == nil ? "the change of the map was taken back" : "the map has changed")
    }
    let isNews = before.number == 0 || before.map != view.map
    if isNews && view.number > 0 && !view.has(wantedMap) && !view.isJoint {
      log("the file asks for another map than the cluster's, which counts: bring the file up to date")
    }
  }

  /// Why the file's map cannot be made the cluster's now; nil: it can. Looked at ten times a second, and with each view.
  func lookForObstacle(_ now: UInt64) {
    if now < obstacleSeenAt + 100, obstacleView == control.view.number { return }
    obstacleSeenAt = now
    obstacleView = control.view.number
    obstacle = findObstacle()
  }

  private func findObstacle() -> String? {
    if outsideView != nil { return "the cluster's map does not have this node: ask one that it has" }
    if let obstacle = control.obstacle(to: wantedMap) { return obstacle }
    let members = wantedMap.members
    for (number, node) in wantedMap.nodes.enumerated() where members.contains(number) && node.name != name {
      let local = replication.directory.number(of: node.name)
      if local.map({ !linked.contains($0) }) ?? true {
        return "node \(node.name) cannot be reached: start it with the new file"
      }
    }
    return nil
  }
}
