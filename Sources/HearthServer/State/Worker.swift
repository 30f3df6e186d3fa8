import CHearth
import HearthCluster
import HearthHerd
import HearthNet
import HearthProtocol
import HearthStorage

typealias WorkerPointer = UnsafeMutablePointer<Worker>

/// One worker: a loop's thread with everything it needs to serve its connections, behind one pointer. Only its
/// thread touches it, but for `counters` and `latency`, which others read.
struct Worker: ~Copyable {
  /// Requests executed together. Enough for the memory system, few enough to stay in the first cache.
  static let batchSize = 64
  /// Replies are sent when so many bytes are collected, or when the connection changes.
  static let replySoftLimit = 64 << 10
  /// A connection that got so many bytes of replies in a round leaves the rest of its requests to the next.
  static let replyShare = 512 << 10
  /// Values up to this size are copied into the replies even when they are large ones of the store.
  static let copyLimit = 64 << 10
  /// More than any reply takes besides its value.
  static let replySlack = 8 << 10

  let index: Int
  let server: UnsafeMutablePointer<ServerState>
  /// The loop of this worker; set before it is started.
  var loop: UnsafeMutablePointer<EventLoop>
  let pools: PoolTable
  /// Longest data block that is waited for in the input.
  let inlineLimit: Int
  /// Which keys name groups.
  let groups: GroupTable
  /// The leases of all pools.
  let leases: LeaseShards
  /// The side port, and this worker's connections to it.
  let mutex: MutexPort
  let mutexPeers: UnsafeMutablePointer<MutexPeers>
  /// Where all workers leave what is to be told to them.
  let mutexInbox: UnsafeMutablePointer<MutexInbox>
  /// Unix seconds, read once per round.
  var now: UInt32
  /// The same in milliseconds, and the clock of leases; only with `hasDetours`.
  var wallMilliseconds: UInt64 = 0
  var herdNow: UInt64 = 0

  let batch: UnsafeMutablePointer<Operation>
  var batchCount = 0
  /// Decoded base64 keys, 256 bytes for each operation of the batch.
  let keyScratch: UnsafeMutableRawPointer

  /// Replies that were written but not sent, from here to `out`.
  let reply: UnsafeMutableRawPointer
  var out: UnsafeMutableRawPointer
  /// More than so many are sent before the next request: the limit above, or 0 while buffers are short.
  var softLimit = replySoftLimit
  /// Bytes sent to the origin in this round.
  var originBytes = 0
  /// The origin's peer does not keep up, or it had its share: its further requests wait.
  var originMustWait = false
  /// To whom they go.
  var origin: UnsafeMutableRawPointer?
  /// The socket whose datagrams are being answered.
  var datagrams: UnsafeMutablePointer<DatagramSocket>?
  /// Parts of a datagram's reply that did not fit `reply`.
  var datagramReply: UnsafeMutableRawPointer?
  var datagramReplyCount = 0
  var datagramReplyTooLarge = false
  /// A large value that was received completely and is about to be stored.
  var arrived: LargeWriter?
  /// Count per prefix.
  var detail = false
  /// Some requests may not go the usual way.
  var hasDetours = false
  /// What was learnt last of the values that other nodes send: connections that are new begin with it.
  var window = ForwardWindow()
  /// Values that new connections together may have asked for without knowing how large they are.
  var unproven = 0
  /// What the request that was executed last did to its key.
  var effect = KeyEffect.none
  /// With `effect` `won`: the CAS of the item.
  var wonCAS: UInt64 = 0
  /// What the lease table allows the request that is being executed.
  var permit = WritePermit()
  /// What the lease tables ask for, until it is delivered.
  var actions = HerdActions()
  /// Actions for readers that are parked here.
  let herdInbox = Inbox<HerdAction>()
  /// The connections parked here, by their seats.
  var parked: [UInt64: ConnectionPointer] = [:]
  /// What else waits here for a key, by its seat, and how many seats were given.
  var seated: [UInt64: Seated] = [:]
  var seats: UInt64 = 0
  /// What the request with this hash is told that has waited without a connection of its own.
  var verdict = Verdict.none
  var verdictHash: UInt64 = 0
  /// The names of this worker's connections in the lease tables of all nodes begin here.
  let firstReader: UInt64
  /// The place for the reply of the request that is asked again and executed here.
  var answeredSlot: SlotPointer?
  /// Requests of other nodes that are kept until their keys are there; and the number of the one among them whose end is still to come.
  var keptFrames = 0
  var keptFrame: UInt64 = 0
  /// The connections of nodes whose kept requests were executed again, until their replies are sent.
  var resumed: [ConnectionPointer] = []
  /// So were requests of this node's own clients.
  var hasResumed = false
  /// The frame whose client was given a lease by a part of it.
  var leaseFrame: UInt64 = 0
  /// The connections to other nodes by their numbers, none to this one; nil: there is no cluster.
  let links: UnsafeMutablePointer<LinkPointer?>?
  var nodeCount: Int
  /// Milliseconds that another node's answer is waited for.
  let peerTimeout: UInt64
  /// Nodes that the last attempt to reach has failed for.
  var unreachable = NodeSet()
  /// Streams and copies; nil: no pool has several.
  let replication: Replication?
  /// What the control has decided; nil before it has. Constant within a round.
  var ruling: RulingPointer?
  /// What the requests of the present origin have changed, for which others are waited for.
  var unacknowledged = PendingAcknowledgement()
  /// Something was changed in this round that other nodes have to be told of.
  var hasChanges = false
  /// The bumps of groups that other nodes have to be told of; nil: no pool that several nodes keep has generations.
  let numbering: Numbering?
  /// Some were begun in this round.
  var hasBumps = false
  /// Replies that are held until other nodes have what they tell of.
  var waits: [WriteWait] = []
  /// Milliseconds that a write, or a request that nobody may answer, waits.
  let writeTimeout: UInt64
  /// Connections whose next request nobody may answer yet.
  var stalled: [ConnectionPointer] = []
  /// Requests that another node has refused or lost, to be asked again.
  var retries: [SlotPointer] = []
  /// The streams that this worker keeps, and those of them to be looked after when the round ends.
  var keptStreams: [PeerStream] = []
  var listedStreams: [PeerStream] = []
  /// Records of the journal that are being passed on.
  let journalScratch: UnsafeMutableRawPointer
  /// The frame of another node's request that is refused, by its number; 0: none.
  var refusedFrame: UInt64 = 0
  /// Orders with something to send when the round ends.
  var listedOrders: [OrderPointer] = []
  /// Those of them that wait for a link.
  var waitingOrders: [OrderPointer] = []
  /// Connections of nodes that have not proved who they are.
  var greetingPeers: [ConnectionPointer] = []
  /// The header of the reply to another node that is being written, and the number of its request.
  var openFrame: UnsafeMutableRawPointer?
  var openFrameID: UInt64 = 0
  /// When the alarm is set for, milliseconds.
  var nextAlarm = UInt64.max

  var counters = Counters()
  var latency = LatencyHistogram()
  /// Longest thread CPU time of a round or a tick, nanoseconds.
  var longestCPU: UInt64 = 0

  init(index: Int, server: UnsafeMutablePointer<ServerState>, loop: UnsafeMutablePointer<EventLoop>) {
    self.index = index
    self.server = server
    self.loop = loop
    pools = server.pointee.pools
    groups = server.pointee.groups
    leases = server.pointee.leases
    inlineLimit = server.pointee.pools.inlineLimit
    mutex = server.pointee.mutex
    mutexInbox = .allocate(capacity: 1)
    mutexInbox.initialize(to: MutexInbox())
    mutexPeers = .allocate(capacity: 1)
    mutexPeers.initialize(to: MutexPeers(inbox: mutexInbox))
    now = server.pointee.clock.seconds(at: hearth_monotonic_ns())
    batch = .allocate(capacity: Self.batchSize)
    for i in 0..<Self.batchSize {
      (batch + i).initialize(
        to: Operation(
          request: Request(), input: UnsafeRawBufferPointer(start: nil, count: 0),
          key: Key(UnsafeRawPointer(batch), 0, hash: 0),
          pool: server.pointee.pools.pools, origin: UnsafeMutableRawPointer(batch)))
    }
    keyScratch = .allocate(byteCount: Self.batchSize * 256, alignment: 64)
    reply = .allocate(
      byteCount: Self.replySoftLimit + max(Self.copyLimit, pools.largestInlineLimit) + Self.replySlack,
      alignment: 4096)
    out = reply
    arrived = nil
    let cluster = server.pointee.cluster
    nodeCount = 0
    peerTimeout = UInt64(cluster?.configuration.peerTimeout ?? 0)
    links = cluster == nil ? nil : PeerLinks.make()
    replication = cluster?.replication
    numbering = cluster?.numbering
    firstReader = Self.firstReader(
      node: cluster?.configuration.own ?? 0, worker: index, start: server.pointee.clock.wallStart)
    writeTimeout = UInt64(
      cluster.map { $0.configuration.peerTimeout + 2 * $0.configuration.degradeAfter } ?? 0)
    journalScratch = .allocate(byteCount: 16 << 10, alignment: 16)
  }
}
