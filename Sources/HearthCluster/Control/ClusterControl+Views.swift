// Going from one view to the next, and what becomes of the own data.
extension ClusterControl {
  mutating func deriveFromView() {
    relatives = view.relatives(of: node)
    primaries = view.primaries(over: node)
    primariesByMap = view.isJoint ? view.primariesByMap(over: node) : primaries
    followers = view.followers(of: node)
  }

  mutating func adopt(_ next: View) {
    let old = view
    let wasReady = isReady
    let oldRole = role
    let oldPrimaries = primaries
    view = next
    adoptedAt = now
    rise(above: next)
    while peers.count < next.map.nodes.count {
      peers.append(PeerState())
      peers[peers.count - 1].lastHeard = now
    }
    deriveFromView()
    noteMap(old)
    if view.change?.since != old.change?.since { changeStart = nil }
    promised = []
    told = []
    untold = []
    hasToLeave = false
    if !wasReady && isReady { isDraining = false }
    for peer in peers.indices {
      peers[peer].drained = nil
      peers[peer].isDrainAsked = false
      peers[peer].promise = nil
      peers[peer].unservedSince = nil
      let before = peer < old.standings.count ? old.standings[peer] : Standing()
      if before.incarnation != next.standings[peer].incarnation {
        if before.isReady || !relatives.contains(peer) { stopFeeding(peer) }
        if !omitted.contains(.refusal) { stopFollowing(peer) }
      }
    }
    if wasReady && !isReady { leave() }
    if isReady {
      isStale = false
      // It has been ready for some views that it did not see. Those that were primaries first have waited for it since.
      if !wasReady && next.standings[node].since < next.number { owed = owed.union(oldPrimaries) }
      for peer in owed { markIfLost(peer, last: old.number) }
      passRefreshesOn()
      owed = owed.union(primaries)
      owedByMap = view.isJoint ? owedByMap.union(primariesByMap) : owed
      if !wasReady { log("ready in view \(view.number)") }
    } else if hasToDiscard
      || isDirty && (wasReady || dirtySince == next.number) && view.members.contains(node)
    {
      distrust()
    }
    if let proposal, proposal < view.number { self.proposal = nil }
    tookOver = tookOver || oldRole == 0 && isActive
    for peer in peers.indices where peer != node { send(.view(view), to: peer) }
  }

  /// Incarnations come from clocks and have to rise: an earlier process of this node had one that was ahead.
  private mutating func rise(above next: View) {
    guard next.standings[node].incarnation > incarnation else { return }
    incarnation = (next.standings[node].incarnation >> 16 + 1) << 16
  }

  /// What was to come again from one primary has to come from those that took over its keys.
  private mutating func passRefreshesOn() {
    let isOutstanding = peers.contains { $0.needsRefresh }
    guard isOutstanding else { return }
    for peer in peers.indices {
      if primaries.contains(peer) {
        peers[peer].needsRefresh = peers[peer].needsRefresh || !isSettled(peer)
      } else if peers[peer].needsRefresh {
        // As its heir this node would have to have its last records.
        if owedByMap.contains(peer) && !hasBegun { hasToLeave = true }
        peers[peer].needsRefresh = false
        peers[peer].snapshotEpoch = 0
        stopFollowing(peer)
        owed.remove(peer)
        owedByMap.remove(peer)
      }
    }
  }

  /// A former primary that left: what was received of it is all there will be.
  private mutating func markIfLost(_ peer: Int, last: UInt64) {
    let source = peers[peer].sourceIncarnation
    if view.standings[peer].isReady && (source == 0 || source == view.standings[peer].incarnation) { return }
    let position = StreamPosition(incarnation: source, epoch: peers[peer].settledEpoch, sequence: 0)
    lost.append(LostSource(node: peer, position: position, last: last))
    uncapturedLost.insert(peer)
    owed.remove(peer)
    owedByMap.remove(peer)
  }

  mutating func captureLost(_ data: DataState) {
    for place in lost.indices where uncapturedLost.contains(lost[place].node) {
      // The last entry of a node is the one that is new.
      if lost[(place + 1)...].contains(where: { $0.node == lost[place].node }) { continue }
      lost[place].position.sequence = data.peers[lost[place].node].applied
    }
    uncapturedLost = []
  }

  private mutating func leave() {
    log("not ready any more in view \(view.number)")
    for peer in peers.indices {
      stopFollowing(peer)
      stopFeeding(peer)
    }
    owed = []
    owedByMap = []
    lost = []
    uncapturedLost = []
  }

  /// Can what this node holds not be a part of what its primaries hold? A primary that reigns since before these data
  /// began has not taken over anything that they contain.
  private var hasToDiscard: Bool {
    if !holdsData || omitted.contains(.discard) { return false }
    return primaries.contains { peer in
      let epoch = view.standings[peer].epoch
      return epoch > cleanSince && !isSettled(peer) && peers[peer].snapshotEpoch != epoch
    }
  }

  /// Forgets everything that others have copies of and begins anew. Where keys do not move nobody else can have written those of which
  /// this node has the only copy: no map is concluded without who owns keys by it. So they stay.
  mutating func discard() {
    let keepsSole = !view.isJoint && view.soleOwners.contains(node)
    log("discards what it holds" + (keepsSole ? ", but for what others have no copies of" : ""))
    incarnation += 1
    cleanSince = view.number
    holdsData = keepsSole
    owed = []
    owedByMap = []
    lost = []
    uncapturedLost = []
    hasToLeave = false
    isStale = false
    isDirty = isDirty && keepsSole
    purging = nil
    begunEpoch = 0
    reigns = []
    for peer in peers.indices {
      stopFollowing(peer)
      stopFeeding(peer)
      peers[peer].sourceIncarnation = 0
      peers[peer].settledEpoch = 0
      peers[peer].snapshotEpoch = 0
      peers[peer].needsRefresh = false
      peers[peer].promise = nil
      peers[peer].gain = .nothing
    }
    discarded = (discarded ?? true) && keepsSole
  }

  /// Goes on with memory that outlived the process.
  mutating func attach(_ durable: DurableState) {
    let holdsSole = hasSoleKeysOnly && view.soleOwners.contains(node)
    if durable.isPartial && !holdsSole {
      discarded = false
      return
    }
    incarnation = durable.incarnation
    cleanSince = durable.cleanSince
    promised = durable.promised
    holdsData = durable.holdsData
    begunEpoch = durable.begunEpoch
    owed = durable.owed
    owedByMap = owed
    isDirty = durable.isDirty
    changeStart = 0
    dirtySince = view.number
    for (peer, source) in durable.sources.enumerated() {
      peers[peer].sourceIncarnation = source.incarnation
      peers[peer].settledEpoch = source.epoch
    }
    if !isReady && (hasToDiscard || isDirty) { distrust() }
    if durable.isPartial { (isStale, isDirty) = (true, true) }
    for peer in durable.refreshing { peers[peer].needsRefresh = true }
    for peer in durable.lost {
      lost.append(LostSource(node: peer, position: durable.sources[peer]))
      uncapturedLost.insert(peer)
    }
    // What was granted before the restart is not known any more.
    acknowledgeFrom = now + settings.leaseWait
    for peer in peers.indices { peers[peer].grantedUntil = acknowledgeFrom }
  }

  var durableState: DurableState {
    var lostNodes: NodeSet = []
    for source in lost { lostNodes.insert(source.node) }
    return DurableState(
      view: view, incarnation: incarnation, cleanSince: cleanSince, holdsData: holdsData,
      isPartial: peers.contains { $0.snapshotEpoch != 0 && !$0.needsRefresh }, begunEpoch: begunEpoch,
      sources: peers.map {
        StreamPosition(incarnation: $0.sourceIncarnation, epoch: $0.settledEpoch, sequence: 0)
      },
      owed: owed, lost: lostNodes, promised: promised,
      refreshing: NodeSet(peers.indices.filter { peers[$0].needsRefresh }), isDirty: isDirty)
  }
}
