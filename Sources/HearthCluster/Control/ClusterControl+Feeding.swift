// This node as a primary: its reign, who follows it, and whom it promises to wait for.
extension ClusterControl {
  /// Begins what the view gives this node once every ready relative goes by the view and its last records are here.
  mutating func beginReign(_ data: DataState) {
    guard isReady, !hasBegun, uncapturedLost.isEmpty else { return }
    if !omitted.contains(.drain) {
      for peer in relatives.intersection(view.ready) where !isDrained(peer, data) { return }
    }
    begunEpoch = epoch
    reigns.append(Reign(epoch: epoch, start: data.appended, lost: lost, followers: followers))
    holdsData = true
    for peer in peers.indices {
      // Followers ask again, in the new reign.
      stopFeeding(peer)
      // Leases from former primaries may last as long as one that was granted now. A former primary read by leases of its replicas; with
      // its process they are gone.
      let isGone = !peers[peer].isLinked && peers[peer].wasClosedByPeer && lost.contains { $0.node == peer }
      // Where there are two owners of each key, nobody but this node can have granted anything to the other one.
      peers[peer].inheritedUntil = isGone || relatives == [peer] ? 0 : now + settings.leaseWait
    }
    log("begins reign \(epoch)")
  }

  mutating func answerDrain(from peer: Int, _ data: DataState) {
    let until = lingering
    let answer = DrainAnswer(
      sequence: data.appended, epoch: begunEpoch,
      // Unknown after a restart: the whole is asked for then.
      start: reigns.last?.start ?? data.appended, incarnation: incarnation,
      linger: until > now ? until - now : 0)
    send(.drained(view: view.number, answer), to: peer)
  }

  /// Until when a node that is not ready may read by a lease from this node or its predecessors.
  var lingering: UInt64 {
    var until = acknowledgeFrom
    for peer in relatives where !view.ready.contains(peer) {
      until = max(until, max(peers[peer].grantedUntil, peers[peer].inheritedUntil))
    }
    return until
  }

  mutating func stopFeeding(_ peer: Int) {
    if peers[peer].feeding == .nothing { return }
    peers[peer].feeding = .nothing
    peers[peer].feedingStream = 0
    told.remove(peer)
    actions.append(.stopFeeding(peer: peer))
  }

  mutating func answer(_ request: FollowRequest, from peer: Int, _ data: DataState) {
    let standing = view.standings[peer]
    let isReadyThere = standing.incarnation == request.incarnation
    if !isReady || begunEpoch == 0 || followers.contains(peer) && !hasBegun
      || standing.isReady && !isReadyThere
    {
      send(.followed(view: view.number, .notYet), to: peer)
      return
    }
    peers[peer].incarnation = request.incarnation
    stopFeeding(peer)
    fresh.insert(peer)
    peers[peer].feedingSince = now
    guard let after = start(request, of: peer, isReady: isReadyThere, data) else {
      let isNew = request.position == nil && (!isReadyThere || request.isRefresh)
      if isNew {
        let answer = FollowAnswer.snapshot(
          request.stream, after: data.appended, epoch: begunEpoch, incarnation: incarnation)
        send(.followed(view: view.number, answer), to: peer)
        peers[peer].feeding = .snapshot
        peers[peer].feedingStream = request.stream
        actions.append(.snapshot(peer: peer, stream: request.stream, isRefresh: isReadyThere))
      } else {
        send(.followed(view: view.number, .tooOld), to: peer)
      }
      return
    }
    let answer = FollowAnswer.stream(
      request.stream, after: after, epoch: begunEpoch, incarnation: incarnation)
    send(.followed(view: view.number, answer), to: peer)
    peers[peer].feeding = .log(target: data.appended)
    peers[peer].feedingStream = request.stream
    actions.append(.feed(peer: peer, stream: request.stream, after: after))
  }

  /// From where the log serves the follower; nil if it does not.
  private func start(_ request: FollowRequest, of peer: Int, isReady: Bool, _ data: DataState) -> UInt64? {
    if request.isRefresh { return nil }
    let known = request.position.flatMap { $0.incarnation == incarnation ? $0 : nil }
    var after = known?.sequence
    if known?.epoch != begunEpoch {
      guard isReady, reigns.last?.epoch == begunEpoch else { return nil }
      // The reigns that the follower has not followed, although it was ready.
      let since = known.map { $0.epoch + 1 } ?? duty(of: peer)
      let missed = reigns.filter { $0.epoch >= since }
      // First there may be some over keys of which it had no copies then. It loaded those later, from whoever was primary.
      let foreign = missed.prefix { !$0.followers.contains(peer) && !omitted.contains(.ownReigns) }
      let shared = missed.dropFirst(foreign.count)
      if !omitted.contains(.comparison) && !hasSameLosses(shared, request, as: peer) { return nil }
      if let first = foreign.first {
        if let after, after < first.start { return nil }
        after = nil
      }
      after = after ?? shared.first?.start ?? data.appended
    }
    guard let after else { return nil }
    if after >= data.logFloor && after <= data.appended { return after }
    // What it only gains it does not have yet, and asks for when it has the stream; unless it has some of it, of which it would not
    // hear what was deleted.
    let isGaining = isReady && view.isJoint && view.change?.complete.contains(peer) == false
    guard isGaining, !view.feedsByMap(node, to: peer) else { return nil }
    let isFirst = known.map { $0.sequence < changeStart ?? 0 } ?? false
    return isFirst || omitted.contains(.gap) ? data.appended : nil
  }

  /// The view since which the peer, which is ready, has to have the records of its keys' primaries: what it only gains it has to have
  /// since the change began.
  private func duty(of peer: Int) -> UInt64 {
    let since = view.standings[peer].since
    guard view.isJoint, let change = view.change, !view.feedsByMap(node, to: peer) else { return since }
    return max(since, change.since)
  }

  /// Did both have the records of their former primaries up to the same one? Who was one still when this node's reign had begun does not
  /// matter to what that follows from.
  private func hasSameLosses(_ missed: ArraySlice<Reign>, _ request: FollowRequest, as peer: Int) -> Bool {
    let own = missed.flatMap(\.lost).filter { view.isShared($0.node, node, peer) }
    let other = request.lost.filter { view.isShared($0.node, node, peer) }
    let before = other.filter { $0.last < begunEpoch || omitted.contains(.laterLosses) }
    return own.allSatisfy { loss in other.contains(where: loss.isSame) }
      && before.allSatisfy { loss in own.contains(where: loss.isSame) }
  }

  /// Requires those that have everything, and tells them so after that is published.
  mutating func promiseWhoIsComplete(_ data: DataState) {
    guard isReady, hasBegun else { return }
    for peer in followers where !view.ready.contains(peer) && !told.contains(peer) {
      guard peers[peer].isLinked, !fresh.contains(peer),
        !peers[peer].isClockOff || omitted.contains(.clock), !isSilent(peer, for: settings.failureAfter)
      else {
        continue
      }
      switch peers[peer].feeding {
      case .nothing: continue
      case .log(let target): if data.peers[peer].acknowledged < target { continue }
      case .snapshot:
        guard let end = data.peers[peer].snapshotEnd, data.peers[peer].acknowledged >= end else { continue }
      }
      // Without its lease the reads of this node would stop.
      guard peers[peer].leaseAsPrimary > now else { continue }
      promised.insert(peer)
      untold.insert(peer)
    }
  }

  /// In the call after the one that published the promise: what is appended from now on waits for the peer.
  mutating func tellPromises(_ data: DataState) {
    for peer in untold where peers[peer].feeding != .nothing {
      told.insert(peer)
      send(.promise(view: view.number, sequence: data.appended), to: peer)
    }
    untold = []
  }

  /// Since when do ready followers, and those with a promise, get nothing?
  mutating func watchFollowers() {
    for peer in peers.indices where peer != node {
      let isWanted = view.ready.contains(peer) && isReady && (followers.contains(peer) || !hasBegun)
      let isServed = hasBegun ? peers[peer].feeding != .nothing : peers[peer].drained != nil
      if !(isWanted || promised.contains(peer)) || isServed {
        peers[peer].unservedSince = nil
      } else if peers[peer].unservedSince == nil {
        peers[peer].unservedSince = now
      }
    }
  }
}
