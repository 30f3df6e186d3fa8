import CHearth
import HearthCluster
import HearthNet
import HearthStorage

/// What goes to and comes from one other node besides requests: messages of the controls, changes, acknowledgements, all in one
/// order over one connection. The worker that has the connection, the *keeper*, sends and receives; the control says what.
final class PeerStream: @unchecked Sendable {
  /// What the keeper is to do, in order with what it sends by itself.
  enum Command {
    /// Send a message of the control.
    case message([UInt8])
    /// Send the changes after a sequence.
    case feed(stream: UInt64, after: UInt64)
    /// The same, and all items that the node has to have.
    case snapshot(stream: UInt64, after: UInt64)
    /// Send, beside the changes, all items that the node gains by the map that is to be.
    case give(stream: UInt64)
    /// Send no changes any more.
    case stopFeeding
    /// Say how far the peer's changes are here.
    case acknowledge(stream: UInt64, sequence: UInt64)
    /// The control has dealt with the message that kept the input waiting.
    case goOn
    case close
  }

  /// Under `lock`.
  struct Shared {
    var commands: [Command] = []
    /// The worker that has the connection; nil: there is none.
    var keeper: Int?
    /// The keeper was told that there is something to do.
    var isWoken = false
    /// Counts connections, so that the control tells a new one from an old one.
    var connectionNumber: UInt64 = 0

    // To the peer.
    /// Marks the stream that is sent, 0: none.
    var sending: UInt64 = 0
    var snapshotEnd: UInt64?
    /// The peer owes an acknowledgement of this sequence since then.
    var owed: (sequence: UInt64, since: UInt64)?

    // From the peer.
    /// Marks the stream that is applied, 0: none.
    var accepting: UInt64 = 0
    var applied: UInt64 = 0
    var isSnapshotComplete = false
    /// How many items of deterministic pools found no room since the walk, or the stream, began.
    var lacking = 0
    /// The last bump of each pool that came.
    var bumps: [Int: UInt64] = [:]
    /// Hashes of the keys that came, while the stream replaces what is here; nil: it does not.
    var refreshed: Set<UInt64>?

    // For people.
    var itemsSent: UInt64 = 0
    var bytesSent: UInt64 = 0
    /// Items that walks have sent since the start.
    var itemsWalked: UInt64 = 0
    var itemsApplied: UInt64 = 0
    /// When the walk began, milliseconds, and how much of it is done, thousandths; 0 without one.
    var walkBegan: UInt64 = 0
    var walkDone = 0
  }

  /// Number of the node.
  let node: Int
  /// What the expiries of entries are by.
  let clockShift: ClockShift
  private let lockWord: UnsafeMutablePointer<UInt32>
  private var shared = Shared()

  // The keeper's alone.
  var connection: ConnectionPointer?
  var cursor: JournalCursor?
  /// Marks the stream that the cursor belongs to.
  var stream: UInt64 = 0
  /// The last sequence that the peer was told of.
  var told: UInt64 = 0
  /// The last sequence of what the peer has to acknowledge.
  var lastOwed: UInt64 = 0
  var walk: StreamWalk?
  var output = StreamOutput()
  /// What has arrived and was not dealt with.
  var input = StreamInput()
  /// A large value that is arriving.
  var arriving: ArrivingValue?
  /// When the control was last told that something has arrived, milliseconds.
  var progressToldAt: UInt64 = 0
  /// A message waits for the control, and with it all that came behind it.
  var waitsForControl = false
  var connecting = StreamConnecting()

  init(node: Int, _ clockShift: ClockShift) {
    self.node = node
    self.clockShift = clockShift
    lockWord = .allocate(capacity: 1)
    lockWord.initialize(to: 0)
  }

  /// Runs `body` on what the keeper and the control share.
  @inline(__always)
  func locked<R>(_ body: (inout Shared) -> R) -> R {
    hearth_lock(lockWord)
    defer { hearth_unlock(lockWord) }
    return body(&shared)
  }

  /// The number of the worker that has to be woken; nil: there is none, or it is awake.
  func keeperToWake() -> Int? {
    locked { shared in
      guard let keeper = shared.keeper, !shared.isWoken else { return nil }
      shared.isWoken = true
      return keeper
    }
  }
}

/// A walk over all items for one peer.
struct StreamWalk {
  /// Number of the change of the map whose gains are walked over, 0: everything is.
  let change: UInt64
  /// Place in the list of pools with several copies.
  var place = 0
  var cursor = WalkCursor()
  /// When it began, milliseconds.
  let began: UInt64
  var pace: WalkPace
  /// Where in the output the leaf began that is being sent, and how long the one before was, bytes.
  private var leafBegan: UInt64 = 0
  private var leafBytes: UInt64 = 0

  init(change: UInt64 = 0, began: UInt64) {
    self.change = change
    self.began = began
    pace = WalkPace(began: PeerLinks.microseconds)
  }

  /// A leaf begins at this place of the output.
  mutating func noteLeaf(at written: UInt64) {
    if leafBegan != 0 { leafBytes = written - leafBegan }
    leafBegan = written
  }

  /// In how many parts a leaf is walked over, so that one is not much more than a turn's share. Of the first leaf nothing is known.
  func parts(of share: UInt64) -> Int {
    leafBytes == 0 ? 64 : Int(min(leafBytes / max(share / 2, 1) + 1, 64))
  }
}

/// Attempts to connect to a node.
struct StreamConnecting {
  /// Milliseconds of the monotonic clock.
  var retryAt: UInt64 = 0
  var pause: UInt64 = StreamConnecting.firstPause
  /// The one that is being made.
  var connection: ConnectionPointer?
  var began: UInt64 = 0
  static let firstPause: UInt64 = 20
  static let longestPause: UInt64 = 500
}

/// A large value on its way here, frame by frame.
struct ArrivingValue {
  let entry: ReplicaEntry
  let key: [UInt8]
  /// Nil: there is no memory for it, or its stream is not applied; its bytes are dropped.
  let writer: UnsafeMutablePointer<LargeWriter>?
  var left: Int
}
