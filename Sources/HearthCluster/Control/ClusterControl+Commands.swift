// What operators ask for.
extension ClusterControl {
  /// The change that the last command asks for; the command is forgotten when it is done or cannot be done.
  mutating func wishedChange() -> ViewChange? {
    if wish != nil && now > wishedAt + 20 * settings.retry {
      log("a command could not be carried out in time and is forgotten")
      wish = nil
    }
    guard let command = wish ?? (isDraining && isReady ? .drain : nil) else { return nil }
    if let target = command.target, !view.standings.indices.contains(target) {
      log("a command was for a node that the map does not have")
      wish = nil
      return nil
    }
    let change: ViewChange?
    switch command {
    case .bootstrap: change = bootstrap()
    case .promote(let target): change = promotion(of: target)
    case .demote(let target):
      guard let pair = view.map.pairs.first(where: { $0.first == target || $0.second == target }) else {
        change = nil
        break
      }
      change = promotion(of: pair.partner(of: target))
    case .claim: change = claim()
    case .drop(let target, let force): change = drop(target, force: force)
    case .change(let map): change = begin(map)
    case .cancelChange: change = cancelChange()
    case .drain:
      isDraining = true
      wish = nil
      return drain()
    }
    if change == nil { wish = nil }
    return change
  }

  /// Is this a promotion against a primary that is lost, without a store?
  var isTakeover: Bool {
    guard settings.authority == .operator, case .promote(node) = wish else { return false }
    return isReady && !lostPrimaries.isEmpty
  }

  /// Is it to drop, by force, the node that keeps the view, and that is not there to agree?
  var isForKeeper: Bool {
    guard settings.authority == .operator, case .drop(let target, true) = wish, target != node else {
      return false
    }
    return target == keeper(of: view)
      && (!peers[target].isLinked || isSilent(target, for: settings.failureAfter))
  }

  private var lostPrimaries: NodeSet {
    NodeSet(primaries.filter { !peers[$0].isLinked || isSilent($0, for: settings.failureAfter) })
  }

  private mutating func bootstrap() -> ViewChange? {
    if isReady { return nil }
    // It was drained, and is to come back.
    isDraining = false
    guard view.members.contains(node) else {
      log("not bootstrapped: the map gives this node nothing to keep")
      return nil
    }
    // A node that has other data than the view counts on has lost what it held.
    let lost = NodeSet(view.ready.filter { $0 == node || hasOtherData($0) })
    if view.map.pools.contains(where: { $0.copies.count > 1 })
      && view.canSpare(node, among: view.ready.subtracting(lost))
    {
      log("not bootstrapped: other nodes hold everything, as far as is known; this one loads from them")
      return nil
    }
    var change = ViewChange()
    change.leaving = lost.subtracting([node])
    change.joining = [(node, incarnation)]
    return change
  }

  private mutating func promotion(of target: Int) -> ViewChange? {
    var change = ViewChange()
    guard view.ready.contains(target), target == node || living.contains(target) else {
      log("\(name(target)) is not ready and cannot be promoted")
      return nil
    }
    if isTakeover { change.leaving = lostPrimaries }
    for (place, pair) in view.map.pairs.enumerated() where pair.first == target || pair.second == target {
      if view.actives[place] != target { change.actives.append((place, target)) }
    }
    return change.actives.isEmpty && change.leaving.isEmpty ? nil : change
  }

  private func claim() -> ViewChange? {
    guard isReady, !isDraining else { return nil }
    var change = ViewChange()
    for (place, pair) in view.map.pairs.enumerated() where pair.first == node || pair.second == node {
      if pair.partner(of: node) == view.actives[place], living.contains(view.actives[place]) {
        change.actives.append((place, node))
      }
    }
    return change.actives.isEmpty ? nil : change
  }

  private mutating func drop(_ target: Int, force: Bool) -> ViewChange? {
    let isExpected = view.soleOwners.contains(target) && !view.standings[target].isGivenUp
    guard view.standings[target].isReady || force && isExpected else { return nil }
    if !force && !canSpare(target) {
      log("\(name(target)) is the last to hold some keys and is not dropped")
      return nil
    }
    var change = ViewChange()
    change.leaving = [target]
    if force { change.givingUp = [target] }
    return change
  }

  /// First what others can take over while this node is still there to hand it over, then the node.
  private mutating func drain() -> ViewChange? {
    guard isReady else { return nil }
    var change = ViewChange()
    for (place, pair) in view.map.pairs.enumerated() where view.actives[place] == node {
      if view.ready.contains(pair.partner(of: node)) {
        change.actives.append((place, pair.partner(of: node)))
      }
    }
    if !change.actives.isEmpty { return change }
    guard canSpare(node) else { return nil }
    let others = relatives.intersection(view.ready)
    guard others.allSatisfy({ peers[$0].hasBegun && peers[$0].pulseView == view.number }) else { return nil }
    change.leaving = [node]
    return change
  }

  private func name(_ node: Int) -> String { view.map.nodes[node].name }
}
