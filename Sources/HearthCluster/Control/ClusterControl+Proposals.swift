// Which view this node wants.
extension ClusterControl {
  /// One proposal at a time; what came of it is told by a later event, or the view changes.
  mutating func propose(_ data: DataState) {
    if let proposal, isDelegated, now >= proposedAt + 4 * settings.retry, proposal == view.number {
      self.proposal = nil
    }
    guard proposal == nil, now >= proposeFrom else { return }
    let wished = wishedChange()
    guard let change = wished ?? wantedChange(data) else { return }
    isWishProposed = wished != nil
    proposeFrom = now + settings.retry
    proposedAt = now
    proposal = view.number
    let isForced = isTakeover || isForKeeper
    let next = view.successor(number: nextNumber(isForced: isForced), change)
    if isDelegated && !isForced {
      send(.proposal(next, expecting: view.number), to: keeper(of: view))
    } else {
      actions.append(.propose(next, expecting: view.number))
    }
  }

  /// Without a store the one node whose durable file decides: the active node of the first pair, or else the ready node with
  /// the lowest number.
  public func keeper(of view: View) -> Int {
    if let active = view.actives.first, view.ready.contains(active) { return active }
    return view.ready.first { _ in true } ?? node
  }

  private var isDelegated: Bool { settings.authority == .operator && keeper(of: view) != node }

  /// Without a store numbers tell who made them, so that two histories never use the same one, and what the operator decided
  /// comes after what the lost keeper may still do.
  private func nextNumber(isForced: Bool) -> UInt64 {
    if settings.authority == .store { return view.number + 1 }
    let nodes = Self.numberStride
    var number = view.number + 1
    if isForced { number = (number / 1024 + 1) * 1024 }
    return number + (UInt64(node) + nodes - number % nodes) % nodes
  }

  /// Most nodes of a map.
  private static let numberStride: UInt64 = 64

  /// Another node's wish, of whom this one keeps the view.
  mutating func propose(_ next: View, expecting: UInt64, for peer: Int) {
    guard settings.authority == .operator, keeper(of: view) == node, proposal == nil else { return }
    proposal = expecting
    proposedAt = now
    // The number tells who wrote the file.
    actions.append(.propose(next.renumbered(nextNumber(isForced: false)), expecting: expecting))
  }

  mutating func conclude(_ outcome: ProposalOutcome) {
    proposal = nil
    switch outcome {
    case .accepted(let view):
      // One command, one change: what comes back later is not dropped again.
      if isWishProposed { wish = nil }
      if view.number > self.view.number { adopt(view) }
    case .refused(let view): if view.number > self.view.number { adopt(view) }
    case .unknown: proposeFrom = now + settings.retry
    }
  }

  private mutating func wantedChange(_ data: DataState) -> ViewChange? {
    var change = ViewChange()
    if !isReady {
      if view.standings[node].isReady {
        // These data are not what the view counts on.
        change.leaving = [node]
        return canSpare(node) ? change : nil
      }
      // The first view is the operator's to make.
      if view.number > 0 && isComplete(data) && !isDraining && view.members.contains(node) {
        change.joining = [(node, incarnation)]
        if view.isJoint && hasGains { change.completing = [node] }
        return change
      }
      return nil
    }
    if lacksRecords && canSpare(node) {
      change.leaving = [node]
      return change
    }
    change.leaving = spared(lostPeers(data))
    if !change.leaving.isEmpty { return change }
    // A promise ends with its view.
    for peer in promised where isUnresponsive(peer, data) || hasOtherData(peer) { return change }
    return stepOfMap()
  }

  /// Can it not go on from where it is? As an heir it would have to have the last records of who steps down; otherwise it can
  /// take them again in place, once that has begun.
  var lacksRecords: Bool {
    hasToLeave
      || peers.indices.contains {
        peers[$0].needsRefresh && primariesByMap.contains($0)
          && (peers[$0].snapshotEpoch == 0 || isHeir(of: $0))
      }
  }

  /// Has every primary promised, with all that it promised about here?
  private func isComplete(_ data: DataState) -> Bool {
    guard isCovered, isClockSetOrNobodyThere, !isPurging, !isStale || !view.isJoint else { return false }
    return primaries.allSatisfy { peer in
      guard let promise = peers[peer].promise, isSettled(peer), peers[peer].isLinked else { return false }
      return data.peers[peer].applied >= promise
    }
  }

  /// Does a ready node hold each key of this one? Pools of one copy do not count.
  var isCovered: Bool { view.canSpare(node, among: view.ready) }

  /// Can the node leave? Only if others that were heard of lately, and go by this view, hold all of its keys: the view may
  /// still count on nodes that have lost everything.
  func canSpare(_ node: Int) -> Bool { view.canSpare(node, among: living) }

  /// Ready nodes that are known to be there.
  var living: NodeSet {
    var living = NodeSet(
      view.ready.filter { peer in
        peers[peer].isLinked && now <= peers[peer].confirmedAt + 5 * settings.pulse
          && peers[peer].pulseView == view.number
          && peers[peer].incarnation == view.standings[peer].incarnation
      })
    if isReady { living.insert(node) }
    return living
  }

  /// Those of the nodes that can be dropped together.
  private func spared(_ nodes: NodeSet) -> NodeSet {
    var spared: NodeSet = []
    var rest = view
    for peer in nodes where rest.canSpare(peer, among: living) {
      var change = ViewChange()
      change.leaving = [peer]
      rest = rest.successor(number: rest.number + 1, change)
      spared.insert(peer)
    }
    return spared
  }

  private func lostPeers(_ data: DataState) -> NodeSet {
    NodeSet(
      relatives.intersection(view.ready).filter { peer in
        if hasOtherData(peer) { return true }
        // Who only has to know the new map counts as long as that is waited for.
        let isAwaited = followers.contains(peer) || !hasBegun || view.isConcluded
        if isAwaited && isUnresponsive(peer, data) { return true }
        return settings.authority == .store && primaries.contains(peer) && isLostAsPrimary(peer)
      })
  }

  /// Incarnations rise, so a lower one was told before the view was made.
  func hasOtherData(_ peer: Int) -> Bool {
    view.standings[peer].isReady && peers[peer].incarnation > view.standings[peer].incarnation
  }

  private func isLostAsPrimary(_ peer: Int) -> Bool {
    peers[peer].wasClosedByPeer || isSilent(peer, for: settings.failureAfter)
  }

  private func isUnresponsive(_ peer: Int, _ data: DataState) -> Bool {
    let limit = settings.degradeAfter
    if isSilent(peer, for: limit) { return true }
    // One whose process ended, and that has not come back at once, need not be waited for as long as one that is slow.
    let isGone = !peers[peer].isLinked && peers[peer].wasClosedByPeer
    let patience = isGone ? min(limit, settings.failureAfter) : limit
    if let since = peers[peer].unservedSince, now >= max(since, silenceFrom) + patience { return true }
    if peers[peer].feeding == .nothing || fresh.contains(peer) { return false }
    guard let since = data.peers[peer].pendingSince else { return false }
    return now >= max(since, silenceFrom) + limit
  }
}
