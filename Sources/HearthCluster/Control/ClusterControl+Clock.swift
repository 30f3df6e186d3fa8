// The clock by which items of copies expire: one for all ready nodes.
extension ClusterControl {
  /// Whose clock a node that is not ready goes by.
  private var clockReference: Int? {
    view.ready.first { $0 != node && peers[$0].isLinked && isReady($0) }
  }

  /// Does this node go by the clock of those that are ready, as far as there are any?
  var isClockSet: Bool { clockReference.map { peers[$0].isClockKnown } ?? true }

  /// The same; or have those been away for so long that it goes on without them? Only keys of which it has the only copy do.
  var isClockSetOrNobodyThere: Bool {
    let isAlone = clockReference == nil && view.ready.contains { $0 != node }
    return isClockSet && (!isAlone || now >= adoptedAt + settings.degradeAfter)
  }

  /// A pulse tells the peer's clock, no older than `trip` milliseconds.
  mutating func compareClocks(_ pulse: Pulse, _ peer: Int, trip: Int64) {
    if trip > Int64(settings.lease) { return }
    let difference = pulse.wall + trip / 2 - wall
    let isOff = abs(difference) > settings.clockTolerance + trip / 2
    peers[peer].isClockKnown = true
    // Sooner than two are too far apart, so that all who go by this one agree with each other.
    let isUnlike = abs(difference) > settings.clockTolerance / 5 + trip / 2
    if isUnlike && !isReady && pulse.view == view.number && peer == clockReference
      && !omitted.contains(.clock)
    {
      return goByClock(of: peer, difference, isOff: isOff)
    }
    if isOff != peers[peer].isClockOff {
      log("the clock of \(view.map.nodes[peer].name) is \(isOff ? "off by \(difference) ms" : "right again")")
    }
    peers[peer].isClockOff = isOff
  }

  /// A machine whose clock was wrong at the start, or that was suspended, is as good as any other: only that the items which it loads, and
  /// those that it is given later, have to expire when they do elsewhere.
  private mutating func goByClock(of peer: Int, _ difference: Int64, isOff: Bool) {
    clockShift += difference
    wall += difference
    log(
      "the clock here is \(abs(difference)) ms \(difference > 0 ? "behind" : "ahead of") that of "
        + "\(view.map.nodes[peer].name): copies go by that one")
    // What it has loaded is by another time.
    if holdsData && isOff { hasSoleKeysOnly ? distrust() : discard() }
    peers[peer].isClockOff = false
    actions.append(.setClock(shift: clockShift))
  }
}
