import CHearth
import Glibc
import HearthCluster
import HearthStorage

/// What the control wants done.
extension ControlThread {
  /// Reads where the data path is.
  func readData() {
    let bounds = Journal.bounds(replication.journal)
    data.appended = bounds.last
    data.logFloor = bounds.floor
    data.purged = replication.purge.done
    while data.peers.count < numbers.local.count { data.peers.append(PeerProgress()) }
    for (number, node) in numbers.local.enumerated() {
      guard let stream = replication.streams[node] else { continue }
      let acknowledged = replication.acknowledged(by: node)
      data.peers[number] = stream.locked { shared in
        var progress = PeerProgress()
        progress.acknowledged = acknowledged
        progress.pendingSince = shared.owed?.since
        progress.snapshotEnd = shared.snapshotEnd
        progress.applied = shared.applied
        progress.isSnapshotComplete = shared.isSnapshotComplete
        return progress
      }
    }
  }

  func perform(_ action: ControlAction) {
    switch action {
    case .persist(let state): persist(state)
    case .publish(let decision): publish(decision)
    case .discard(let keepsSole): discard(keepsSole: keepsSole)
    case .send(let message, let node): send(message, to: numbers.local[node])
    case .propose(let view, let expecting): propose(view, expecting: expecting)
    case .feed(let node, let stream, let after):
      begin(numbers.local[node], stream, after: after, isWalk: false)
    case .snapshot(let node, let stream, let isRefresh):
      begin(
        numbers.local[node], stream, after: Journal.bounds(replication.journal).last, isWalk: true,
        isRefresh: isRefresh)
    case .give(let node, let stream): give(stream, to: numbers.local[node])
    case .stopFeeding(let node):
      self.stream(node)?.locked { shared in
        shared.sending = 0
        shared.owed = nil
      }
      post(.stopFeeding, to: numbers.local[node])
    case .accept(let node, let stream, let after):
      self.stream(node)?.locked { shared in
        shared.accepting = stream
        shared.applied = after
        shared.isSnapshotComplete = false
        shared.lacking = 0
        shared.refreshed = nil
        shared.itemsApplied = 0
      }
      post(.acknowledge(stream: stream, sequence: after), to: numbers.local[node])
    case .refresh(let node, let stream):
      self.stream(node)?.locked { shared in
        shared.accepting = stream
        shared.applied = 0
        shared.isSnapshotComplete = false
        shared.lacking = 0
        shared.refreshed = []
      }
    case .expectWalk(let node):
      stream(node)?.locked { shared in
        shared.isSnapshotComplete = false
        shared.lacking = 0
      }
    case .purge(let number): purge(number)
    case .ignore(let node): stream(node)?.locked { $0.accepting = 0 }
    case .closeLink(let node): post(.close, to: numbers.local[node])
    case .setClock(let shift): replication.clockShift.milliseconds = shift
    case .setRole(let role): self.role = StandbyRole(rawValue: role) ?? .unfit
    case .log(let line): log(line)
    }
  }

  /// The stream to and from a node of the view.
  private func stream(_ node: Int) -> PeerStream? { replication.streams[numbers.local[node]] }

  /// Walks over what a node gains, within the stream that it gets.
  private func give(_ stream: UInt64, to node: Int) {
    replication.streams[node]?.locked { shared in
      guard shared.sending == stream else { return }
      shared.snapshotEnd = nil
      shared.itemsSent = 0
      shared.bytesSent = 0
    }
    post(.give(stream: stream), to: node)
  }

  private func purge(_ number: UInt64) {
    guard let places else { return }
    log("removes what is not its own any more")
    replication.purge.begin(number, server, replication, places)
  }

  /// Tells how far other nodes are that load everything from here: at the beginning, every five seconds, and at the end.
  func tellProgress(_ now: UInt64) {
    for case let stream? in replication.knownStreams {
      let shared = stream.locked { $0 }
      let name = replication.directory[stream.node].node.name
      let isWalking = shared.walkBegan != 0 && shared.snapshotEnd == nil
      let told = progressTold[stream.node]
      if isWalking, told == 0 || now >= told + 5000 {
        progressTold[stream.node] = now
        log("\(name) loads its copies: \(Self.progress(shared, now))")
      } else if !isWalking, told != 0 {
        progressTold[stream.node] = 0
        if shared.snapshotEnd != nil {
          log("\(name) was sent everything: \(shared.itemsSent) items, \(shared.bytesSent >> 20) MiB")
        }
      }
    }
  }

  private static func progress(_ shared: PeerStream.Shared, _ now: UInt64) -> String {
    let done = UInt64(max(1, shared.walkDone))
    let left = (now - min(shared.walkBegan, now)) * (1000 - min(done, 1000)) / done / 1000
    return
      "\(done / 10) %, \(shared.itemsSent) items, \(shared.bytesSent >> 20) MiB, about \(left) seconds left"
  }

  /// A line for the operator.
  func log(_ line: String) {
    let bytes = Array("hearthd: cluster: \(line)\n".utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Where keys are by a view; the same as before, if its maps are.
  private func places(of view: View) -> KeyPlaces {
    if let places, let placed, placed.map == view.map, placed.change?.map == view.change?.map,
      placed.isJoint == view.isJoint
    {
      return places
    }
    let made = KeyPlaces(view, pools: replication.pools, numbers)
    places = made
    placed = view
    return made
  }

  func publish(_ decision: Decision) {
    Journal.setEpoch(replication.journal, decision.epoch)
    let next = UnsafeMutablePointer<Ruling>.allocate(capacity: 1)
    next.initialize(
      to: Ruling(
        decision, own: own, mapPools: replication.pools, numbers: numbers, places: places(of: decision.view)))
    if decision.acceptsWrites, decision.epoch != reign {
      reign = decision.epoch
      // Before anybody writes in it.
      for (place, pool) in replication.pools.enumerated() {
        let store = server.pointee.pools.pools[pool].pool
        let numberer = KeyOwners(at: Numbering.point, pool: pool, RulingPointer(next)).primary
        if numberer != own {
          store.ownGenerations()
        } else if decision.view.map.pools[place].copies.count > 1 || store.hasHeardGenerations {
          store.leadGenerations()
        }
        // Else nobody has followed the node that numbered before, or this one itself has begun anew: all others are asked first.
      }
    }
    // What writes as a primary has ended before others may, and begins when all here go by the ruling.
    let parts = partsForFeeds(decision, RulingPointer(next))
    for (feed, part) in parts { server.pointee.feeds?.end(feed, before: part) }
    publish(next)
    for (feed, part) in parts { server.pointee.feeds?.set(feed, part) }
    if state != decision.state {
      log("this node is \(decision.state.rawValue) in view \(decision.view.number)")
    }
    state = decision.state
    noteProtection(decision)
  }

  /// The feeds of pools with copies, and this node's part for each: it runs on the primary of one point of the rings, once that takes
  /// writes. Where keys have no ready owner, or none but one that was bootstrapped, what they had is lost, and the feed begins anew.
  private func partsForFeeds(_ decision: Decision, _ ruling: RulingPointer) -> [(feed: Int, part: FeedPart?)]
  {
    guard let feeds = server.pointee.feeds else { return [] }
    let view = decision.view
    let joined = fedView.map { numbers.set(view.nodesWithOtherData(than: $0)) } ?? []
    fedView = view
    return feeds.sharedPools.enumerated().compactMap { feed, pool in
      guard let pool, replication.pools.contains(pool) else { return nil }
      // Who has joined has its keys from the others, if they have all.
      let isLost = !ruling.pointee.haveAllKeys(ruling.pointee.ready.subtracting(joined), pool: pool)
      if isLost { feeds.noteLoss(feed, in: view.number) }
      guard !isLost || ruling.pointee.haveAllKeys(ruling.pointee.ready, pool: pool) else {
        return (feed, nil)
      }
      guard decision.acceptsWrites, KeyOwners(at: Numbering.point, pool: pool, ruling).primary == own else {
        return (feed, nil)
      }
      return (
        feed, FeedPart(view: view.number, isSpread: !ruling.pointee.isUniform(pool: pool))
      )
    }
  }

  private func noteProtection(_ decision: Decision) {
    if decision.isUnprotected == isUnprotected { return }
    isUnprotected = decision.isUnprotected
    log(
      isUnprotected
        ? "this node has the only ready copy of some keys: they are unprotected"
        : "every key has another ready copy again")
  }

  func post(_ command: PeerStream.Command, to node: Int) {
    guard let stream = replication.streams[node] else { return }
    let connection = connections[node]
    stream.locked { shared in
      // A connection that the control has not heard of yet has nothing to do with what it wants here.
      if shared.keeper != nil, shared.connectionNumber == connection { shared.commands.append(command) }
    }
    wakeKeeper(node)
  }

  func send(_ message: ControlMessage, to node: Int) {
    var bytes: [UInt8] = []
    message.encode(into: &bytes)
    post(.message(bytes), to: node)
  }

  private func begin(_ node: Int, _ stream: UInt64, after: UInt64, isWalk: Bool, isRefresh: Bool = false) {
    replication.streams[node]?.locked { shared in
      shared.sending = stream
      shared.snapshotEnd = nil
      shared.owed = nil
      shared.itemsSent = 0
      shared.bytesSent = 0
      shared.walkBegan = 0
    }
    // A ready node that takes everything again acknowledges nothing until it has.
    if !isRefresh { replication.setAcknowledged(after, by: node) }
    post(
      isWalk ? .snapshot(stream: stream, after: after) : .feed(stream: stream, after: after), to: node)
  }

  /// Forgets all items of pools that are kept by views, or those of which others have copies, all records and all positions.
  private func discard(keepsSole: Bool) {
    let map = control.view.map
    for (place, pool) in replication.pools.enumerated() {
      if keepsSole, map.pools[place].copies.count == 1 { continue }
      server.pointee.pools.pools[pool].pool.flushAsCopy()
    }
    server.pointee.feeds?.forgetStates()
    Journal.forget(replication.journal)
    for stream in replication.knownStreams {
      stream?.locked { shared in
        shared.applied = 0
        shared.accepting = 0
        shared.refreshed = nil
        shared.isSnapshotComplete = false
        shared.bumps = [:]
      }
    }
  }

  private func persist(_ state: DurableState) {
    guard let stateFile else { return }
    if !stateFile.persist(state) { log("the state cannot be written: \(stateFile.trouble)") }
  }

  private func propose(_ view: View, expecting: UInt64) {
    guard let store else {
      // Without a file or a store the view lives as long as a node does.
      let isCurrent = control.view.number == expecting
      later.append(.proposed(isCurrent ? .accepted(view) : .refused(newer: control.view)))
      return
    }
    store.propose(view, expecting: expecting)
  }
}
