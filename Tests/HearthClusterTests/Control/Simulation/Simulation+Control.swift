@testable import HearthCluster

// What a node's control is told, and what comes of it.
extension Simulation {
  func tell(_ number: Int, _ event: ControlEvent) {
    let node = nodes[number]
    if node.isOutside, !takeIn(node, event) { return }
    if !isOfItsMap(event, node) { return }
    let known = node.control.peers.count
    let ready = node.control.view.number
    for peer in nodes.indices { node.notePending(peer) }
    actions.removeAll(keepingCapacity: true)
    node.control.handle(
      event, node.data, now: node.clock(time), wall: Int64(node.wall(time)), &actions)
    let actions = self.actions
    if node.control.view.number != ready { viewChanges += 1 }
    for action in actions { perform(action, node) }
    if !actions.isEmpty { acknowledgeWrites(node) }
    if node.control.view.number != ready { meet(node, from: known) }
    // A tick that comes too early does no harm.
    let wanted = max(time, node.time(of: node.control.nextTick))
    if node.tickAt > time && node.tickAt <= wanted { return }
    node.tickAt = wanted
    node.generation += 1
    queue.add(.tick(node: number, generation: node.generation), at: wanted)
  }

  /// Who becomes ready has the time of all that are.
  private func judgeClock(of node: SimNode) {
    // Who has the only copies of its keys waits for nobody for ever.
    if node.control.hasSoleKeysOnly { return }
    let clock = node.wall(time) + node.clockShift
    for other in nodes
    where other.isRunning && other.decision?.isReady == true
      && other.decision?.view.number == node.decision?.view.number
    {
      let difference = other.wall(time) + other.clockShift - clock
      // What is tolerated, the way of a pulse, and what clocks that run unlike make of it.
      if abs(difference) > 1000 {
        history.fail("n\(node.number) and n\(other.number) are ready with clocks \(difference) apart")
      }
    }
  }

  /// A node of which its map knows nothing waits for one that names it. True: the event is for its control.
  private func takeIn(_ node: SimNode, _ event: ControlEvent) -> Bool {
    let view: View
    switch event {
    case .viewSeen(let seen), .received(.view(let seen), _): view = seen
    default: return false
    }
    guard view.map.nodes.count > node.number else { return false }
    node.enter(view.map, scenario, time: time)
    for peer in view.map.nodes.indices where isLinked(node.number, peer) {
      tell(node.number, .linkOpened(peer: peer))
    }
    return true
  }

  private func isLinked(_ node: Int, _ peer: Int) -> Bool {
    linkOf[node][peer].map { links[$0].isOpen(at: node) } == true
  }

  /// Is it about a node that the map names? Others are only shown the view; theirs may be a newer one.
  private func isOfItsMap(_ event: ControlEvent, _ node: SimNode) -> Bool {
    let count = node.control.view.map.nodes.count
    switch event {
    case .linkOpened(let peer) where peer >= count:
      if node.control.view.number > 0 {
        send(.control(.view(node.control.view)), from: node.number, to: peer)
      }
      return false
    case .linkClosed(let peer, _) where peer >= count: return false
    case .received(let message, let peer) where peer >= count:
      if case .view(let view) = message { tell(node.number, .viewSeen(view)) }
      return false
    default: return true
    }
  }

  /// The view is another one: nodes that are new in its map are links now, and the others are shown it.
  private func meet(_ node: SimNode, from known: Int) {
    let count = node.control.view.map.nodes.count
    for peer in nodes.indices where isLinked(node.number, peer) {
      if peer >= count {
        send(.control(.view(node.control.view)), from: node.number, to: peer)
      } else if peer >= known {
        tell(node.number, .linkOpened(peer: peer))
      }
    }
  }

  private func perform(_ action: ControlAction, _ node: SimNode) {
    let number = node.number
    switch action {
    case .persist(let state): node.durable = state
    case .publish(let decision):
      if trace != nil && decision.view.number != node.decision?.view.number {
        let view = decision.view
        note(
          "n\(number) \(decision.state) in view \(view.number): ready \(Array(view.ready)), active \(view.actives), epochs \(view.standings.map(\.epoch))"
        )
      }
      let wasReady = node.decision?.isReady == true
      node.decision = decision
      if decision.isReady && !wasReady { judgeClock(of: node) }
    case .discard(let keepsSole): discard(node, keepsSole: keepsSole)
    case .send(let message, let peer):
      if trace != nil {
        switch message {
        case .view, .pulse, .followed(_, .notYet): break
        default: note("n\(number) to n\(peer): \(message)")
        }
      }
      send(.control(message), from: number, to: peer)
    case .propose(let view, let expecting):
      note("n\(number) proposes view \(view.number): ready \(Array(view.ready)), active \(view.actives)")
      propose(view, expecting: expecting, node)
    case .feed(let peer, let stream, let after): feed(node, peer, stream, after: after)
    case .snapshot(let peer, let stream, let isRefresh):
      node.sending[peer] = stream
      node.walks[peer] = 0
      if !isRefresh { node.data.peers[peer].acknowledged = node.data.appended }
      node.data.peers[peer].snapshotEnd = nil
      queue.add(.walk(node: number, peer: peer, stream: stream, key: 0, gainOf: 0), at: time + 1)
    case .give(let peer, let stream):
      guard let change = node.decision?.view.change?.since, node.sending[peer] == stream else { return }
      node.walks[peer] = change
      queue.add(.walk(node: number, peer: peer, stream: stream, key: 0, gainOf: change), at: time + 1)
    case .expectWalk(let peer): node.data.peers[peer].isSnapshotComplete = false
    case .purge(let purge):
      node.purging = purge
      queue.add(.purge(node: number, process: node.process, purge, key: 0), at: time + 1)
    case .stopFeeding(let peer): node.sending[peer] = 0
    case .accept(let peer, let stream, let after):
      node.accepting[peer] = stream
      node.refreshed[peer] = nil
      node.applied[peer] = after
      node.data.peers[peer].applied = after
      node.data.peers[peer].isSnapshotComplete = false
      send(.acknowledgement(stream: stream, sequence: after), from: number, to: peer)
    case .refresh(let peer, let stream):
      node.accepting[peer] = stream
      node.refreshed[peer] = []
      node.applied[peer] = 0
      node.data.peers[peer].applied = 0
      node.data.peers[peer].isSnapshotComplete = false
    case .ignore(let peer): node.accepting[peer] = 0
    case .closeLink(let peer): closeEnd(number, peer)
    case .setClock(let shift):
      note("n\(number) sets its clock by \(shift)")
      node.clockShift = Int(shift)
    case .setRole(let role):
      note("n\(number) role \(role)")
      node.role = role
    case .log(let line): note("n\(number): \(line)")
    }
  }

  // The store.

  private func propose(_ view: View, expecting: UInt64, _ node: SimNode) {
    if scenario.settings.authority == .operator {
      // The node's own file, written at once.
      let isCurrent = node.control.view.number == expecting
      if isCurrent { loseGivenUp(view) }
      let outcome = isCurrent ? ProposalOutcome.accepted(view) : .refused(newer: node.control.view)
      queue.add(.storeAnswers(node: node.number, process: node.process, outcome), at: time + 1)
      return
    }
    let event = SimEvent.storeAsked(node: node.number, process: node.process, view, expecting: expecting)
    if isStoreAway(from: node.number) {
      queue.add(.storeAnswers(node: node.number, process: node.process, .unknown), at: time + 200)
      // It may get there all the same.
      if random.chance(20) {
        proposals.append(view)
        queue.add(event, at: time + random.within(1...2000))
      }
      return
    }
    proposals.append(view)
    queue.add(event, at: time + random.within(1...8))
  }

  func isStoreAway(from node: Int) -> Bool { storeAwayUntil > time || storeCutUntil[node] > time }

  func answerFromStore(_ node: Int, _ process: Int, _ view: View, expecting: UInt64) {
    if let place = proposals.firstIndex(of: view) { proposals.remove(at: place) }
    let isAccepted = store.number == expecting
    if isAccepted {
      loseGivenUp(view)
      store = view
      note("the store has view \(view.number): ready \(Array(view.ready))")
      spreadStore()
    }
    if isStoreAway(from: node) { return }
    let isLost = random.chance(3)
    let outcome = isLost ? ProposalOutcome.unknown : isAccepted ? .accepted(view) : .refused(newer: store)
    queue.add(
      .storeAnswers(node: node, process: process, outcome), at: time + (isLost ? 200 : random.within(1...8)))
  }

  /// The store's watchers are told, those that it can reach.
  func spreadStore(to only: Int? = nil) {
    for node in nodes where only == nil || only == node.number {
      if isStoreAway(from: node.number) || store.number == 0 { continue }
      queue.add(.storeTells(node: node.number, store), at: time + random.within(1...20))
    }
  }
}

extension Decision {
  fileprivate var isReady: Bool { state == .active || state == .warm }
}
