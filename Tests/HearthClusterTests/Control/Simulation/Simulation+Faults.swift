@testable import HearthCluster

// What goes wrong, and how it ends.
extension Simulation {
  func breakSomething() {
    guard !isCalm else { return }
    queue.add(.fault, at: time + random.within(20...2 * scenario.faultEvery))
    guard !scenario.faults.isEmpty else { return }
    let kind = scenario.faults[random.below(scenario.faults.count)]
    let node = random.below(nodes.count)
    let other = (node + 1 + random.below(nodes.count - 1)) % nodes.count
    let length = random.chance(50) ? random.within(20...400) : random.within(400...2500)
    switch kind {
    case .reset: reset(node, other)
    case .cut:
      note("n\(node) and n\(other) are cut from each other for \(length)")
      cut(node, other, until: time + length)
    case .isolation: isolate(node, length)
    case .split:
      note("n\(node) and the store are cut from all others for \(length)")
      for peer in nodes.indices where peer != node {
        cut(node, peer, until: time + length)
        cutFromStore(peer, until: time + length)
      }
    case .outage:
      note("the store is away for \(length)")
      storeAwayUntil = max(storeAwayUntil, time + length)
      queue.add(.storeBack(node: nil), at: storeAwayUntil)
    case .crash: end(node, isPower: false, keepsData: false, length)
    case .restart: end(node, isPower: false, keepsData: true, length)
    case .powerCut: end(node, isPower: true, keepsData: false, max(length, 200))
    case .pause: pause(node, length)
    case .clockStep:
      nodes[node].wallOffset = random.chance(50) ? 0 : random.within(-2000...2000)
    case .command: command(node)
    case .change: changeMap(node)
    }
  }

  private func isolate(_ node: Int, _ length: Int) {
    let seesStore = random.chance(50)
    note("n\(node) is isolated for \(length)\(seesStore ? ", but sees the store" : "")")
    for peer in nodes.indices where peer != node { cut(node, peer, until: time + length) }
    if seesStore { return }
    cutFromStore(node, until: time + length)
  }

  private func cutFromStore(_ node: Int, until end: Int) {
    storeCutUntil[node] = max(storeCutUntil[node], end)
    queue.add(.storeBack(node: node), at: storeCutUntil[node])
  }

  private func pause(_ node: Int, _ length: Int) {
    guard nodes[node].isRunning, !nodes[node].isPaused else { return }
    note("n\(node) is stopped for \(length)")
    nodes[node].isPaused = true
    nodes[node].troubledUntil = time + length
    queue.add(.resume(node: node), at: time + length)
  }

  private func command(_ node: Int) {
    let target = random.below(nodes.count)
    let commands: [ControlCommand] = [
      .promote(target), .demote(target), .claim, .drop(target, force: false), .bootstrap,
    ]
    if time < lastLoss + 500 { return }
    queue.add(.command(node: node, commands[random.below(commands.count)]), at: time)
  }

  /// An operator wants another map, or the old one back. Who is given up by it has to be gone for
  /// good: nobody could tell its clients.
  private func changeMap(_ node: Int) {
    guard !scenario.maps.isEmpty else { return }
    let isBack = random.chance(25)
    let map = scenario.maps[random.below(scenario.maps.count)]
    let command: ControlCommand = isBack ? .cancelChange : .change(map)
    let view = newestView
    let absent = view.soleOwners.subtracting(view.ready).subtracting(map.members)
    if !isBack && absent.contains(where: { nodes[$0].isRunning || nodes[$0].returns }) { return }
    queue.add(.command(node: node, command), at: time)
  }

  /// The process or its machine ends. Memory is lost only while another copy of everything is left.
  func end(_ node: Int, isPower: Bool, keepsData: Bool, _ length: Int) {
    guard nodes[node].isRunning else { return }
    // One at a time: after a loss nothing else ends until everybody knows.
    if time < lastLoss + 500 { return }
    let keepsData = keepsData || !isSpare(node)
    if !keepsData {
      lastLoss = time
      loseSoleKeys(of: node)
    }
    note("n\(node) \(isPower ? "has no power" : "ends")\(keepsData ? ", its memory stays" : "")")
    nodes[node].isRunning = false
    nodes[node].returns = keepsData
    nodes[node].troubledUntil = time + length
    nodes[node].waiting = []
    queue.add(.start(node: node, dataKept: keepsData), at: time + length)
    for peer in nodes.indices where peer != node {
      guard let link = linkOf[node][peer] else { continue }
      if !isPower { send(.end, from: node, to: peer) }
      links[link].close(at: node)
      if isPower {
        // Nothing more arrives, until the machine is there again and answers with a reset.
        cut(node, peer, until: time + length)
        links[link].held = []
      }
      forgetIfClosed(link)
    }
  }

  /// The view that counts.
  var newestView: View {
    nodes.reduce(store) { $1.control.view.number > $0.number ? $1.control.view : $0 }
  }

  /// The memory of the node goes, and with it what nobody else has.
  func loseSoleKeys(of node: Int) {
    let view = newestView
    for key in 0..<Self.keys {
      let pool = pool(of: key)
      let maps = view.isJoint ? [view.map, view.change!.map] : [view.map]
      // A change may be about to be concluded.
      for map in maps where map.pools[pool].copies.count == 1 && owners(key, map) == [node] {
        history.lose(key: key)
      }
    }
  }

  /// A change of the map begins without nodes that take keys along.
  func loseGivenUp(_ view: View) {
    for node in view.standings.indices {
      if view.standings[node].isGivenUp, view.standings[node].since == view.number { loseSoleKeys(of: node) }
    }
  }

  /// A node forgets what it holds, but for keys that others have no copies of.
  func discard(_ node: SimNode, keepsSole: Bool) {
    guard keepsSole, let map = node.decision?.view.map else {
      let isOwner = node.control.view.soleOwners.contains(node.number)
      if isOwner, node.control.hasSoleKeysOnly {
        history.fail("n\(node.number) discards keys that nobody else has")
      }
      loseSoleKeys(of: node.number)
      return node.forget()
    }
    node.forget(but: NodeSet((0..<Self.keys).filter { map.pools[pool(of: $0)].copies.count == 1 }))
  }

  /// Does the last view of all name, for each key, another node that is ready and has its data?
  private func isSpare(_ node: Int) -> Bool {
    let view = newestView
    let holders = nodes.indices.filter { owner in
      owner != node && view.ready.contains(owner)
        && nodes[owner].durable?.incarnation == view.standings[owner].incarnation
        && nodes[owner].control.incarnation == view.standings[owner].incarnation && isHealthy(owner)
    }
    return view.canSpare(node, among: NodeSet(holders))
  }

  /// Is nobody about to drop it?
  private func isHealthy(_ node: Int) -> Bool {
    if !nodes[node].isRunning || nodes[node].isPaused || time < nodes[node].troubledUntil + 500 {
      return false
    }
    if nodes.contains(where: { $0.control.wish != nil || $0.control.lacksRecords }) { return false }
    return proposals.allSatisfy { $0.ready.contains(node) } && !cutUntil[node].contains { time < $0 + 500 }
  }

  /// Everything is repaired.
  func heal() {
    isCalm = true
    note("healing")
    storeAwayUntil = 0
    for node in nodes {
      storeCutUntil[node.number] = 0
      node.wallOffset = 0
      queue.add(.resume(node: node.number), at: time)
      for peer in 0..<node.number {
        cutUntil[node.number][peer] = 0
        cutUntil[peer][node.number] = 0
        queue.add(.heal(peer, node.number), at: time)
      }
    }
    queue.add(.storeBack(node: nil), at: time + 50)
  }
}
