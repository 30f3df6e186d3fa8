// Pulses, and the leases that they ask for and grant.
extension ClusterControl {
  mutating func sendPulses() {
    guard now >= nextPulse else { return }
    nextPulse = now + settings.pulse
    for peer in peers.indices where peers[peer].isLinked { sendPulse(to: peer) }
  }

  mutating func sendPulse(to peer: Int) {
    var pulse = Pulse(
      view: view.number, incarnation: incarnation, sentAt: now, wall: wall, echo: peers[peer].pulseSentAt,
      held: 0,
      leaseForPrimary: 0, leaseForReplica: 0, isFeeding: peers[peer].feeding != .nothing,
      isFollowing: peers[peer].acceptedStream != 0, hasBegun: hasBegun, isSettled: isSettled,
      isClean: !isDirty, wanted: wanted)
    if pulse.echo != nil {
      pulse.held = now - peers[peer].pulseReceived
      if peers[peer].pulseView == view.number && isReady(peer) { grant(&pulse, to: peer) }
    }
    send(.pulse(pulse), to: peer)
  }

  /// The receiver counts from its own request, this node from when that came, so the wait here covers the lease there. A request
  /// that is answered again, because nothing came since, makes no lease longer.
  private mutating func grant(_ pulse: inout Pulse, to peer: Int) {
    if primaries.contains(peer) { pulse.leaseForPrimary = settings.lease }
    if followers.contains(peer), isReady, hasBegun {
      // A replica's lease ends no later than the primary's own: who succeeds this node waits for the end of that only.
      let until = readUntilAsPrimary
      let own = until > now ? until - now : 0
      pulse.leaseForReplica = omitted.contains(.chain) ? settings.lease : min(settings.lease, own)
    }
    if pulse.leaseForPrimary != 0 || pulse.leaseForReplica != 0 {
      peers[peer].grantedUntil = max(
        peers[peer].grantedUntil, peers[peer].pulseReceived + settings.leaseWait)
    }
  }

  mutating func note(_ pulse: Pulse, from peer: Int) {
    // What it answered came before this pulse, so it has stopped since.
    if peers[peer].acceptedStream != 0 && !pulse.isFeeding { stopFollowing(peer) }
    // It had the answer, and does not follow any more: nothing is owed by it, and it is not to be dropped for that.
    if let echo = pulse.echo, !pulse.isFollowing, peers[peer].feeding != .nothing,
      echo > peers[peer].feedingSince, !omitted.contains(.forget)
    {
      stopFeeding(peer)
    }
    if peers[peer].incarnation != pulse.incarnation {
      // The earlier data are gone, and whoever held a lease with them.
      peers[peer].grantedUntil = 0
      peers[peer].incarnation = pulse.incarnation
    }
    peers[peer].pulseView = pulse.view
    peers[peer].pulseSentAt = pulse.sentAt
    peers[peer].pulseReceived = now
    peers[peer].hasBegun = pulse.hasBegun && pulse.view == view.number
    peers[peer].isSettled = pulse.isSettled
    peers[peer].isClean = pulse.isClean
    peers[peer].wanted = pulse.wanted
    if let echo = pulse.echo { peers[peer].confirmedAt = max(peers[peer].confirmedAt, echo) }
    if let echo = pulse.echo, echo <= now, now - echo >= pulse.held {
      compareClocks(pulse, peer, trip: Int64(now - echo - pulse.held))
    }
  }

  mutating func takeLeases(_ pulse: Pulse, from peer: Int) {
    guard let echo = pulse.echo else { return }
    if pulse.leaseForPrimary > 0 {
      peers[peer].leaseAsPrimary = max(peers[peer].leaseAsPrimary, echo + pulse.leaseForPrimary)
    }
    if pulse.leaseForReplica > 0 {
      peers[peer].leaseAsReplica = max(peers[peer].leaseAsReplica, echo + pulse.leaseForReplica)
    }
  }

  /// Until when reads of keys whose primary this node is are right: until a replica could go on without it.
  var readUntilAsPrimary: UInt64 {
    guard isReady, epoch != 0, hasBegun else { return 0 }
    var until = UInt64.max
    if omitted.contains(.primaryLease) { return until }
    for peer in followers where view.ready.contains(peer) || promised.contains(peer) {
      until = min(until, peers[peer].leaseAsPrimary)
    }
    return until
  }
}
