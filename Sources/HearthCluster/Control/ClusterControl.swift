/// Decides what one node of a cluster may answer, whom it waits for, and when it wants another view.
///
/// Pure: events and the time go in, actions come out, and the same input gives the same output. One thread owns it, carries
/// out the actions of a call before the next call, and calls `handle` with `tick` no later than `nextTick`. A call costs some
/// steps for each node of the map. It knows no keys and no values: the data path goes by the last published `Decision`.
///
/// Why no acknowledged write is lost: a write is acknowledged when all ready owners have it. Who becomes ready was required by
/// all primaries of its keys before (a promise), in the very view that its proposal expects. Who leaves does so by a view, after which
/// the remaining nodes take nothing more from it. A new primary begins when every ready relative has adopted its view and told how
/// far it went, so it holds all that was acknowledged, and nobody ready holds records that it lacks.
///
/// Why no read is old: who reads holds leases from those that could acknowledge without it, and they wait for the end of what
/// they granted before they do.
public struct ClusterControl {
  /// Number of this node in the map.
  public let node: Int
  let settings: ControlSettings
  var omitted: ControlRules = []

  /// The view that this node goes by.
  public internal(set) var view: View
  /// Names the data that this node holds.
  public internal(set) var incarnation: UInt64
  /// When `handle` is to be called if nothing happens before, milliseconds.
  public internal(set) var nextTick: UInt64

  /// The own last record when the change of the map began here that is under way; nil: to be noted in the next call.
  var changeStart: UInt64?

  // What follows from the view.
  var relatives: NodeSet = []
  var primaries: NodeSet = []
  /// Those of them that are primary of keys which are this node's by the map; it only gains keys of the others.
  var primariesByMap: NodeSet = []
  var followers: NodeSet = []

  // The own data.
  var cleanSince: UInt64 = 0
  var holdsData = false
  /// Nodes that were primary over this one while it was ready, and whose last records it may lack.
  var owed: NodeSet = []
  /// Those of them that were so of keys which were its own by the map then.
  var owedByMap: NodeSet = []
  /// Those of them that are not ready any more. Their sequences are taken when the data path has stopped.
  var lost: [LostSource] = []
  var uncapturedLost: NodeSet = []
  var hasToLeave = false
  /// Not ready, and what is held is of no use: it is discarded when a primary answers, not before, because there may be none.
  var isStale = false

  /// It may hold keys that it does not own any more, since a view of this number.
  public internal(set) var isDirty = false
  var dirtySince: UInt64 = 0
  /// The purge that is under way.
  var purging: UInt64?

  // The own reign.
  var begunEpoch: UInt64 = 0
  /// All reigns with these data, as far as they are known since the start.
  var reigns: [Reign] = []
  var acknowledgeFrom: UInt64 = 0

  var peers: [PeerState]
  /// Peers to or from whom a stream was begun in this call: what the data path told of them is of an earlier one.
  var fresh: NodeSet = []
  /// Nodes that are not ready and that this node requires.
  var promised: NodeSet = []
  /// Those that were told so.
  var told: NodeSet = []
  /// Those that are told in the next call, because the decision has to be published first.
  var untold: NodeSet = []

  var now: UInt64
  /// The time by which items of copies expire, milliseconds: the own clock's and what it was set by.
  var wall: Int64 = 0
  /// Milliseconds by which the clock of those that were ready first is ahead of the own one.
  public internal(set) var clockShift: Int64 = 0
  var adoptedAt: UInt64
  /// Nobody is taken for silent because of what was not heard before: the process may have been stopped.
  var silenceFrom: UInt64
  var nextPulse: UInt64
  var lastStream: UInt64 = 0
  var proposal: UInt64?
  var proposeFrom: UInt64 = 0
  var proposedAt: UInt64 = 0
  var wish: ControlCommand?
  var wishedAt: UInt64 = 0
  var isWishProposed = false
  var isDraining = false
  /// Digest of the map that the node's configuration wants: a change begins only when all agree. 0: nobody says.
  public var wanted: UInt64 = 0

  var role: Int?
  var tookOver = false
  var published: Decision?
  var persisted: DurableState?
  /// What is held is discarded; true: but for keys with one copy.
  var discarded: Bool?
  var actions: [ControlAction] = []

  /// The control of a node that starts.
  ///
  /// - Parameters:
  ///   - map: the map to begin with where no view is known.
  ///   - durable: what was persisted last, if anything. Its view goes before `map`.
  ///   - dataKept: the memory that belongs to `durable.incarnation` is attached.
  ///   - nonce: higher than that of every earlier start of this node; a multiple of 65,536, not 0.
  public init(
    node: Int, map: ClusterMap, settings: ControlSettings, durable: DurableState?, dataKept: Bool,
    nonce: UInt64,
    now: UInt64
  ) {
    let first = durable?.view ?? View(map: map)
    precondition(first.map.nodes.indices.contains(node) && nonce != 0)
    self.node = node
    self.settings = settings
    self.now = now
    view = first
    incarnation = nonce
    peers = Array(repeating: PeerState(), count: view.map.nodes.count)
    adoptedAt = now
    silenceFrom = now
    nextPulse = now
    nextTick = now
    cleanSince = view.number
    for peer in peers.indices { peers[peer].lastHeard = now }
    deriveFromView()
    if dataKept, let durable { attach(durable) }
  }

  /// Does the view count on this node, with the data that it holds?
  public var isReady: Bool { view.standings[node].incarnation == incarnation }

  /// The reign that the view gives this node, 0 for none.
  var epoch: UInt64 { isReady ? view.standings[node].epoch : 0 }

  /// Is there nothing left to wait for before it acts as primary of what the view gives it?
  var hasBegun: Bool { epoch == begunEpoch || epoch == 0 }

  /// Is the node ready in the view and, as far as is known, with the data that it has?
  func isReady(_ peer: Int) -> Bool {
    let incarnation = view.standings[peer].incarnation
    return incarnation != 0 && (peers[peer].incarnation == incarnation || peers[peer].incarnation == 0)
  }

  /// Tells what happened and gets what is to be done. `now` is monotonic, `wall` the time by which items expire here, which goes on
  /// with it whatever the machine's clock is set to; both in milliseconds.
  public mutating func handle(
    _ event: ControlEvent, _ data: DataState, now: UInt64, wall: Int64, _ result: inout [ControlAction]
  ) {
    if now > self.now + 2 * settings.pulse { silenceFrom = now }
    self.now = max(now, self.now)
    self.wall = wall + clockShift
    nextTick = .max
    fresh = []
    captureLost(data)
    if view.isJoint && changeStart == nil { changeStart = data.appended }
    tellPromises(data)
    take(event, data)
    step(data)
    finish(&result)
  }

  private mutating func take(_ event: ControlEvent, _ data: DataState) {
    switch event {
    case .tick: break
    case .linkOpened(let peer): open(peer)
    case .linkClosed(let peer, let byPeer): close(peer, byPeer: byPeer)
    case .received(let message, let peer): receive(message, from: peer, data)
    case .viewSeen(let view): if view.number > self.view.number { adopt(view) }
    case .proposed(let outcome): conclude(outcome)
    // An operator's wish comes first.
    case .command(.claim) where wish != nil: break
    case .command(let command):
      wish = command
      wishedAt = now
      proposeFrom = now
    }
  }

  /// Everything that follows from the state, whatever the event was.
  private mutating func step(_ data: DataState) {
    watchLinks()
    askForDrains()
    beginReign(data)
    followPrimaries(data)
    settle(data)
    loadGains(data)
    purge(data)
    promiseWhoIsComplete(data)
    watchFollowers()
    propose(data)
    sendPulses()
  }

  /// In the order that `ControlAction` promises.
  private mutating func finish(_ result: inout [ControlAction]) {
    let durable = durableState
    if durable != persisted {
      persisted = durable
      result.append(.persist(durable))
    }
    let decision = self.decision
    if decision != published {
      published = decision
      result.append(.publish(decision))
    }
    if let discarded { result.append(.discard(keepsSole: discarded)) }
    discarded = nil
    setRole()
    result.append(contentsOf: actions)
    actions.removeAll(keepingCapacity: true)
    if !untold.isEmpty || !uncapturedLost.isEmpty || !fresh.isEmpty { nextTick = now }
    nextTick = min(nextTick, nextPulse)
    if acknowledgeFrom > now { nextTick = min(nextTick, acknowledgeFrom) }
  }

  mutating func send(_ message: ControlMessage, to peer: Int) {
    if peers[peer].isLinked { actions.append(.send(message, to: peer)) }
  }

  mutating func log(_ line: String) { actions.append(.log(line)) }
}
