// This node as a replica: whom it follows, and from where.
extension ClusterControl {
  /// Are the own data a part of what the peer's present reign has?
  func isSettled(_ peer: Int) -> Bool {
    peers[peer].settledEpoch != 0 && peers[peer].settledEpoch == view.standings[peer].epoch
      && peers[peer].sourceIncarnation == view.standings[peer].incarnation
  }

  mutating func stopFollowing(_ peer: Int) {
    peers[peer].following = .idle
    peers[peer].leaseAsReplica = 0
    if case .done = peers[peer].gain {} else { peers[peer].gain = .nothing }
    if peers[peer].acceptedStream != 0 { actions.append(.ignore(peer: peer)) }
    peers[peer].acceptedStream = 0
  }

  /// Former primaries whose last records this node has to have before it can follow others.
  private var formerPrimaries: NodeSet { owed.intersection(view.ready).subtracting(primaries) }

  /// Whose stream is wanted: of primaries; and of former ones until their last records are here.
  mutating func followPrimaries(_ data: DataState) {
    if !isReady && isCutShort && !isStale { distrust() }
    // It is about to remove what it would be given.
    if isPurging { return }
    // Who is about to be stopped must not be waited for.
    if isDraining && !isReady { return }
    guard isReady || primaries.isSubset(of: linked) && isClockSet else { return }
    for peer in isReady ? primaries.union(formerPrimaries) : primaries {
      guard peers[peer].isLinked, isReady(peer), isDue(peers[peer].following),
        !isUpToDate(peer) || isStale && view.isJoint
      else {
        continue
      }
      if isReady && !canFollow(peer, data) { continue }
      // It rather leaves and comes back, unless it is the last to hold some keys.
      let isRefresh = isReady && peers[peer].needsRefresh
      if isRefresh && primariesByMap.contains(peer) && (isHeir(of: peer) || canSpare(node)) { continue }
      lastStream += 1
      let source = peers[peer]
      let position = StreamPosition(
        incarnation: source.sourceIncarnation, epoch: source.settledEpoch, sequence: data.peers[peer].applied)
      let request = FollowRequest(
        view: view.number, incarnation: incarnation, stream: lastStream,
        position: source.sourceIncarnation == 0 || isStale || isRefresh ? nil : position,
        isRefresh: isRefresh, lost: lost)
      peers[peer].following = .asked(stream: lastStream, at: now)
      send(.follow(request), to: peer)
    }
  }

  /// May this node be about to take over keys from the peer, as far as the view tells?
  func isHeir(of peer: Int) -> Bool { !hasBegun && followers.contains(peer) }

  private var linked: NodeSet { NodeSet(peers.indices.filter { peers[$0].isLinked }) }

  /// Has a snapshot ended before its end?
  private var isCutShort: Bool {
    peers.contains { $0.snapshotEpoch != 0 && $0.acceptedStream == 0 }
  }

  private func isDue(_ following: PeerState.Following) -> Bool {
    switch following {
    case .idle, .active: true
    case .asked(_, let at): now >= at + settings.retry
    }
  }

  private func isUpToDate(_ peer: Int) -> Bool {
    guard peers[peer].following == .active else { return false }
    if peers[peer].snapshotEpoch != 0 { return peers[peer].acceptedStream != 0 }
    return primaries.contains(peer) ? isSettled(peer) : isOfReportedReign(peer)
  }

  private func isOfReportedReign(_ peer: Int) -> Bool {
    guard let drained = peers[peer].drained else { return true }
    return drained.epoch == 0 || drained.epoch <= peers[peer].settledEpoch
  }

  /// A reign that this node does not follow yet comes after all earlier ones that it followed.
  private func canFollow(_ peer: Int, _ data: DataState) -> Bool {
    if primaries.contains(peer) ? isSettled(peer) : isOfReportedReign(peer) { return true }
    let epoch = primaries.contains(peer) ? view.standings[peer].epoch : peers[peer].drained?.epoch ?? 0
    return owed.intersection(view.ready).allSatisfy { other in
      if other == peer || omitted.contains(.drain) { return true }
      guard let drained = peers[other].drained else { return false }
      return drained.epoch > epoch
        || drained.epoch == epoch && !omitted.contains(.ties) && isDrainedBefore(drained, of: other, data)
        || isDrained(other, data)
    }
  }

  /// Is everything here that the peer wrote before its present reign? Two reigns that began with the same view are of different keys,
  /// so it does not matter which of them is followed first; two nodes that waited for each other's would wait for ever.
  private func isDrainedBefore(_ drained: DrainAnswer, of peer: Int, _ data: DataState) -> Bool {
    drained.incarnation == peers[peer].sourceIncarnation && data.peers[peer].applied >= drained.start
  }

  /// Is everything here that the peer wrote before it learnt of the view?
  func isDrained(_ peer: Int, _ data: DataState) -> Bool {
    guard let drained = peers[peer].drained else { return false }
    // Of what it only gains the new primaries send it all, if anything has come between.
    let isOwed = view.isJoint ? owedByMap.contains(peer) : owed.contains(peer)
    if !isOwed || drained.epoch == 0 { return true }
    return drained.incarnation == peers[peer].sourceIncarnation && drained.epoch <= peers[peer].settledEpoch
      && data.peers[peer].applied >= drained.sequence
  }

  /// Asks those whose last records this node may lack how far they went.
  mutating func askForDrains() {
    guard isReady else { return }
    let isSettledWithAll = primaries.allSatisfy(isSettled)
    let former = isSettledWithAll ? formerPrimaries : owed.intersection(view.ready)
    for peer in hasBegun ? former : relatives.intersection(view.ready) {
      if peers[peer].isDrainAsked || !peers[peer].isLinked { continue }
      peers[peer].isDrainAsked = true
      send(.drain(view: view.number), to: peer)
    }
  }

  mutating func take(_ answer: DrainAnswer, from peer: Int) {
    peers[peer].drained = answer
    if answer.linger > 0 && !omitted.contains(.leaseWait) {
      acknowledgeFrom = max(acknowledgeFrom, now + answer.linger + answer.linger / 8 + 1)
    }
  }

  mutating func take(_ answer: FollowAnswer, from peer: Int, _ data: DataState) {
    guard case .asked(let asked, _) = peers[peer].following else { return }
    switch answer {
    case .notYet: break
    case .tooOld:
      peers[peer].following = .idle
      if !isReady {
        distrust()
      } else if primaries.contains(peer) {
        // Its own keys come again from it, those that it lost from who has them now.
        peers[peer].needsRefresh = true
        let rest = primariesByMap.contains(peer) ? primariesByMap : []
        for other in rest where other == peer || !isSettled(other) { peers[other].needsRefresh = true }
      } else {
        hasToLeave = true
      }
    case .stream(let stream, let after, let epoch, let incarnation):
      guard stream == asked, !isStale else { return }
      let isContinued = peers[peer].sourceIncarnation == incarnation
      if after > data.peers[peer].applied { peers[peer].gain = .nothing }
      follow(peer, stream, after: isContinued ? max(after, data.peers[peer].applied) : after, incarnation)
      peers[peer].settledEpoch = epoch
    case .snapshot(let stream, let after, let epoch, let incarnation):
      guard stream == asked else { return }
      if isReady {
        if peers[peer].needsRefresh { refresh(peer, stream, epoch, incarnation) }
        return
      }
      if isStale || isCutShort { discard() }
      follow(peer, stream, after: after, incarnation)
      peers[peer].snapshotEpoch = epoch
      peers[peer].snapshotView = view.number
    }
  }

  private mutating func follow(_ peer: Int, _ stream: UInt64, after: UInt64, _ incarnation: UInt64) {
    fresh.insert(peer)
    peers[peer].following = .active
    peers[peer].acceptedStream = stream
    peers[peer].sourceIncarnation = incarnation
    holdsData = true
    actions.append(.accept(peer: peer, stream: stream, after: after))
  }

  /// Takes everything of the peer's keys again without ceasing to be ready. All that was acknowledged is here and stays here or is
  /// replaced by what is newer; and nothing is acknowledged meanwhile.
  private mutating func refresh(_ peer: Int, _ stream: UInt64, _ epoch: UInt64, _ incarnation: UInt64) {
    fresh.insert(peer)
    peers[peer].following = .active
    peers[peer].acceptedStream = stream
    peers[peer].sourceIncarnation = incarnation
    peers[peer].settledEpoch = 0
    peers[peer].snapshotEpoch = epoch
    peers[peer].snapshotView = view.number
    actions.append(.refresh(peer: peer, stream: stream))
  }

  /// Notes what has been reached.
  mutating func settle(_ data: DataState) {
    for peer in peers.indices where peers[peer].snapshotEpoch != 0 && data.peers[peer].isSnapshotComplete {
      if peers[peer].acceptedStream == 0 || fresh.contains(peer) { continue }
      peers[peer].settledEpoch = peers[peer].snapshotEpoch
      // It held what is gained, too, if the change had begun.
      if view.isJoint, let change = view.change, peers[peer].snapshotView >= change.since {
        peers[peer].gain = .done(epoch: peers[peer].settledEpoch)
      }
      peers[peer].snapshotEpoch = 0
      peers[peer].needsRefresh = false
    }
    guard isReady, hasBegun, primaries.allSatisfy(isSettled), uncapturedLost.isEmpty else { return }
    lost = []
    for peer in formerPrimaries where isDrained(peer, data) && !fresh.contains(peer) {
      owed.remove(peer)
      owedByMap.remove(peer)
      stopFollowing(peer)
    }
  }
}
