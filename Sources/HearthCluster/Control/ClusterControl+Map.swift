// Changing the map: who gains keys loads them while the map stays; then the map that was to be becomes the map.
extension ClusterControl {
  // ---- what this node gains

  /// The nodes from which it gains keys.
  private var sources: NodeSet { view.sources(of: node) }

  /// Has it everything that it gains? What came once is kept up to date by the streams, as everything of a ready node is.
  var hasGains: Bool {
    sources.allSatisfy { peer in
      isSettled(peer) && peers[peer].gain == .done(epoch: peers[peer].settledEpoch)
    }
  }

  /// A ready node asks for what it lacks of the map that is to be. (One that is not ready gets it with its snapshot.)
  mutating func loadGains(_ data: DataState) {
    guard view.isJoint, isReady, view.change?.complete.contains(node) == false else { return }
    for peer in sources where isSettled(peer) && peers[peer].acceptedStream != 0 && !fresh.contains(peer) {
      let stream = peers[peer].acceptedStream
      switch peers[peer].gain {
      case .done(peers[peer].settledEpoch): continue
      case .coming(stream) where data.peers[peer].isSnapshotComplete:
        peers[peer].gain = .done(epoch: peers[peer].settledEpoch)
      case .coming(stream): continue
      case .asked(stream, let at) where now < at + settings.retry: continue
      default:
        peers[peer].gain = .asked(stream: stream, at: now)
        fresh.insert(peer)
        actions.append(.expectWalk(peer: peer))
        send(.gain(view: view.number, stream: stream), to: peer)
      }
    }
  }

  /// The peer gains keys of this node and follows its stream.
  mutating func give(_ stream: UInt64, to peer: Int) {
    guard isReady, hasBegun, view.isJoint, peers[peer].feedingStream == stream else { return }
    // Asked again while the answer was on its way.
    actions.append(.give(peer: peer, stream: stream))
    send(.giving(view: view.number, stream: stream), to: peer)
  }

  // ---- what it does not own any more

  /// Another map, or the same with another change: what is held may be owned no more.
  mutating func noteMap(_ old: View) {
    let wasJoint = old.isJoint ? old.change : nil
    let isJoint = view.isJoint ? view.change : nil
    let isSame =
      wasJoint?.map == isJoint?.map && wasJoint?.since == isJoint?.since
      && old.map.pools.indices.allSatisfy { view.map.hasSamePlaces(pool: $0, as: old.map) }
    if isSame { return }
    for peer in peers.indices { peers[peer].gain = .nothing }
    let onlyBegins =
      wasJoint == nil && old.map.pools.indices.allSatisfy { view.map.hasSamePlaces(pool: $0, as: old.map) }
    if onlyBegins && !isDirty || !holdsData { return }
    isDirty = true
    dirtySince = view.number
    purging = nil
  }

  /// Removes what it does not own, once nobody sends it any of that: who goes by an earlier view may.
  mutating func purge(_ data: DataState) {
    guard isDirty else { return }
    // Nothing of it is its own, and nobody counts on it.
    if !isReady && !view.members.contains(node) { return discard() }
    // With keys of which others have no copy there is nobody to say that it is of no use.
    let isSole = !isReady && hasSoleKeysOnly
    if let purging {
      guard data.purged == purging else { return }
      (isDirty, self.purging) = (false, nil)
      if isSole { beginAnew() }
      return
    }
    guard isSole || !isStale && !view.isJoint else { return }
    let areAllThere = peers.allSatisfy { !$0.isLinked || $0.pulseView >= dirtySince }
    guard areAllThere || omitted.contains(.purgeWait) else { return }
    purging = dirtySince
    actions.append(.purge(dirtySince))
  }

  // ---- steps

  /// Why a change cannot begin now, for the operator; nil: it can.
  public func obstacle(to wanted: ClusterMap) -> String? {
    if view.number == 0 { return "the cluster was not bootstrapped yet" }
    if let change = view.change {
      return change.isConcluded
        ? "the last change is about to end: try again in some seconds"
        : "a change is under way: wait for its end, or cancel it"
    }
    do throws(View.Obstacle) {
      let plan = try view.plan(wanted)
      if plan.pools.contains(where: \.copies.isEmpty) { return "a pool has no copy" }
    } catch { return error.description }
    if view.has(wanted) { return "the cluster has this map already" }
    for peer in view.ready where peer != node {
      let name = view.map.nodes[peer].name
      guard peers[peer].isLinked, peers[peer].pulseView == view.number else {
        let isSole = view.soleOwners.contains(peer)
        return "node \(name) is away"
          + (isSole
            ? ", with the only copy of keys: wait for it, or give them up (hearthctl drop --force)" : "")
      }
      // Who is to go for good cannot read a file without itself.
      if self.wanted != 0, wanted.number(of: name) != nil, peers[peer].wanted != self.wanted {
        return
          "the file of node \(name) wants another map: give all nodes the same one, and reload them (SIGHUP)"
      }
      if !peers[peer].isClean { return "node \(name) still removes keys of the last change" }
    }
    return isDirty ? "this node still removes keys of the last change" : nil
  }

  /// What it had of others' keys is gone.
  private mutating func beginAnew() {
    isStale = false
    for peer in peers.indices {
      stopFollowing(peer)
      peers[peer].sourceIncarnation = 0
      peers[peer].settledEpoch = 0
      peers[peer].snapshotEpoch = 0
      peers[peer].gain = .nothing
    }
  }

  /// Not ready, and what it holds besides its own keys may be old. Where others have copies of those, too, it loads them all again;
  /// where nobody has, it keeps them and removes what is not its own.
  mutating func distrust() {
    isStale = true
    guard hasSoleKeysOnly, holdsData, view.isJoint, view.members.contains(node) else { return }
    isDirty = true
    dirtySince = view.number
    purging = nil
  }

  /// Not ready, and about to have nothing but its own keys? Before that it must not be given any that it gains.
  var isPurging: Bool {
    !isReady && isDirty && hasSoleKeysOnly && view.isJoint && !omitted.contains(.cleanReturn)
  }

  /// Are all keys that it owns in pools of one copy?
  var hasSoleKeysOnly: Bool {
    view.map.pools.allSatisfy { pool in
      pool.copies.count == 1 || !pool.copies.contains { $0.contains(node) }
    }
  }

  mutating func begin(_ wanted: ClusterMap) -> ViewChange? {
    if let obstacle = obstacle(to: wanted) {
      log("the map is not changed: \(obstacle)")
      return nil
    }
    guard let plan = try? view.plan(wanted) else { return nil }
    var change = ViewChange()
    change.map = .begin(plan)
    // Who goes, and is not there, takes its keys along.
    change.givingUp = view.soleOwners.subtracting(view.ready).subtracting(plan.members)
    return change
  }

  mutating func cancelChange() -> ViewChange? {
    guard view.isJoint else {
      log(view.change == nil ? "no change of the map is under way" : "the change of the map is concluded")
      return nil
    }
    var change = ViewChange()
    change.map = .cancel
    return change
  }

  /// What the map's change needs next.
  mutating func stepOfMap() -> ViewChange? {
    guard let change = view.change else { return nil }
    var next = ViewChange()
    if !change.isConcluded {
      if !change.complete.contains(node) && view.members.contains(node) && hasGains {
        next.completing = [node]
        return next
      }
      guard keeper(of: view) == node, isEverybodyComplete(change) else { return nil }
      next.map = .conclude
      return next
    }
    guard keeper(of: view) == node, isEverybodySettled, isEverybodyClean else { return nil }
    // Nobody waits any more for what was written before.
    guard now >= adoptedAt + max(settings.degradeAfter, 2 * settings.leaseWait) else { return nil }
    next.map = .settle
    return next
  }

  private var isEverybodyClean: Bool {
    !isDirty && view.ready.allSatisfy { $0 == node || peers[$0].isClean }
  }

  private func isEverybodyComplete(_ change: MapChange) -> Bool {
    if omitted.contains(.gain) { return true }
    if !view.awaited.isEmpty && !omitted.contains(.awaited) { return false }
    // Who has to take records from a former primary must not lose it.
    return change.map.members.isSubset(of: change.complete) && isEverybodySettled
  }

  /// Does this node follow all primaries, with nothing left to come from former ones?
  var isSettled: Bool {
    isReady && hasBegun && !lacksRecords && lost.isEmpty && primaries.allSatisfy { isSettled($0) }
      && owed.intersection(view.ready).isSubset(of: primaries) && !peers.contains(where: \.needsRefresh)
  }

  private var isEverybodySettled: Bool {
    isSettled
      && view.ready.allSatisfy { peer in
        peer == node || living.contains(peer) && peers[peer].isSettled
      }
  }
}
