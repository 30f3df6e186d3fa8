/// What a control knows of one peer. Times are milliseconds of the own monotonic clock.
struct PeerState {
  /// How far this node is in following the peer.
  enum Following: Equatable {
    case idle
    case asked(stream: UInt64, at: UInt64)
    case active
  }

  /// What the peer gets from this node.
  enum Feeding: Equatable {
    case nothing
    /// The log; a peer that is not ready is complete when it has `target`.
    case log(target: UInt64)
    case snapshot
  }

  // The link.
  var isLinked = false
  var lastHeard: UInt64 = 0
  var wasClosedByPeer = false
  var saidFarewell = false
  var incarnation: UInt64 = 0
  var hasBegun = false
  /// By its last pulse: the peer lacks nothing; it holds keys only that it owns; what its configuration wants.
  var isSettled = false
  var isClean = false
  var wanted: UInt64 = 0
  /// By a pulse of this link: has its clock been compared, and do the two differ by too much?
  var isClockKnown = false
  var isClockOff = false
  /// View and time of the peer's last pulse on this link, with our own time of receipt.
  var pulseView: UInt64 = 0
  var pulseSentAt: UInt64?
  var pulseReceived: UInt64 = 0
  /// When it was certainly there: it has answered what was sent then.
  var confirmedAt: UInt64 = 0

  // Leases.
  /// Until when the peer lets this node read keys whose primary this node is.
  var leaseAsPrimary: UInt64 = 0
  /// Until when the peer lets this node read keys whose primary the peer is.
  var leaseAsReplica: UInt64 = 0
  /// Until when the peer may hold a lease that this node granted.
  var grantedUntil: UInt64 = 0
  /// Until when the peer may hold a lease from this node's predecessor.
  var inheritedUntil: UInt64 = 0

  // This node follows the peer.
  var following = Following.idle
  var acceptedStream: UInt64 = 0
  /// Data and reign of the peer that the own data follow.
  var sourceIncarnation: UInt64 = 0
  var settledEpoch: UInt64 = 0
  /// The reign of the peer whose snapshot is under way, 0 for none.
  var snapshotEpoch: UInt64 = 0
  /// This node is ready, but cannot go on from where it is: the peer has to send everything again.
  var needsRefresh = false
  var isDrainAsked = false
  var drained: DrainAnswer?
  /// The sequence of the peer's promise in this view.
  var promise: UInt64?

  /// How far this node is in loading what it gains of the peer's keys.
  enum Gain: Equatable {
    case nothing
    case asked(stream: UInt64, at: UInt64)
    case coming(stream: UInt64)
    /// Everything that the peer had in this reign, and what came since.
    case done(epoch: UInt64)
  }
  var gain = Gain.nothing
  /// The view in which the snapshot was asked for: what it holds follows from the maps of that one.
  var snapshotView: UInt64 = 0

  // The peer follows this node.
  var feeding = Feeding.nothing
  var feedingStream: UInt64 = 0
  /// When it was told that it does.
  var feedingSince: UInt64 = 0
  /// Since when the peer gets nothing although it should.
  var unservedSince: UInt64?
}
