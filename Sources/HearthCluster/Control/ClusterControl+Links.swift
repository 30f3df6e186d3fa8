// Links and the messages that come over them.
extension ClusterControl {
  mutating func open(_ peer: Int) {
    peers[peer].isLinked = true
    peers[peer].lastHeard = now
    peers[peer].wasClosedByPeer = false
    peers[peer].saidFarewell = false
    send(.view(view), to: peer)
    sendPulse(to: peer)
  }

  mutating func close(_ peer: Int, byPeer: Bool) {
    guard peers[peer].isLinked else { return }
    let saidFarewell = peers[peer].saidFarewell
    forgetLink(peer)
    if byPeer {
      peers[peer].grantedUntil = 0
      peers[peer].wasClosedByPeer = !saidFarewell
    }
  }

  /// What was tied to the link: leases, requests, the streams in both directions.
  private mutating func forgetLink(_ peer: Int) {
    peers[peer].isLinked = false
    peers[peer].pulseSentAt = nil
    peers[peer].pulseView = 0
    peers[peer].isClockKnown = false
    peers[peer].leaseAsPrimary = 0
    peers[peer].leaseAsReplica = 0
    peers[peer].isDrainAsked = false
    peers[peer].promise = nil
    stopFollowing(peer)
    stopFeeding(peer)
  }

  /// Closes links that were silent for long, so that a new one can take their place.
  mutating func watchLinks() {
    for peer in peers.indices where peers[peer].isLinked && isSilent(peer, for: settings.degradeAfter) {
      send(.farewell(view: view.number), to: peer)
      actions.append(.closeLink(peer: peer))
      forgetLink(peer)
    }
  }

  func isSilent(_ peer: Int, for time: UInt64) -> Bool {
    now >= max(peers[peer].lastHeard, silenceFrom) + time
  }

  mutating func receive(_ message: ControlMessage, from peer: Int, _ data: DataState) {
    guard peers[peer].isLinked else { return }
    peers[peer].lastHeard = now
    if case .view(let view) = message {
      if view.number > self.view.number { adopt(view) }
      if view.number < self.view.number { send(.view(self.view), to: peer) }
      return
    }
    if case .farewell = message { peers[peer].saidFarewell = true }
    if message.view != view.number {
      // The other's view is asked for by showing the own one.
      send(.view(view), to: peer)
      if case .pulse(let pulse) = message { note(pulse, from: peer) }
      return
    }
    switch message {
    case .view, .farewell: break
    case .pulse(let pulse):
      note(pulse, from: peer)
      takeLeases(pulse, from: peer)
    case .follow(let request) where request.lost.contains { !peers.indices.contains($0.node) }: break
    case .follow(let request): answer(request, from: peer, data)
    case .followed(_, let answer): take(answer, from: peer, data)
    case .drain: answerDrain(from: peer, data)
    case .drained(_, let answer): take(answer, from: peer)
    case .promise(_, let sequence): peers[peer].promise = sequence
    case .gain(_, let stream): give(stream, to: peer)
    case .giving(_, let stream):
      if case .asked(stream, _) = peers[peer].gain { peers[peer].gain = .coming(stream: stream) }
    case .proposal(let next, let expecting): propose(next, expecting: expecting, for: peer)
    }
  }
}
