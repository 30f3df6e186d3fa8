import Glibc
import HearthCluster

/// A reply that is held until other nodes have what it acknowledges.
struct WriteWait {
  /// Who gets it.
  enum Reply {
    /// A client, in the order of its connection.
    case slot(SlotPointer)
    /// Another node: a frame, whose memory goes with this, for a connection.
    case frame(UnsafeMutableRawPointer, Int, ConnectionPointer)
    /// A feed that runs here, for an attempt with this name.
    case feed(UInt64)
  }

  /// This node's last change that it tells of.
  var sequence: UInt64
  /// Owners of the keys that were changed, and the fewest of them that have to be ready.
  var owners: NodeSet
  var minimumReady: Int
  /// It waits for nobody but for this node to be sure of its part.
  var isAsync: Bool
  /// Bumps of groups that other nodes have to know, too.
  var bumps: [BumpTicket] = []
  /// The client wants to hear nothing, whatever comes of it.
  var isSilent = false
  /// Milliseconds of the monotonic clock after which it is given up.
  var deadline: UInt64
  var reply: Reply
}

/// What the requests of one origin have changed since its replies were sent last.
struct PendingAcknowledgement {
  /// The last change; 0: nothing that has to be waited for.
  var sequence: UInt64 = 0
  var owners = NodeSet()
  var minimumReady = 1
  /// All of it is asynchronous.
  var isAsync = true
  /// Bumps that other nodes have to be told of.
  var bumps: [BumpTicket] = []
  /// The client wants to hear nothing.
  var isSilent = false

  /// There is nothing to wait for.
  @inline(__always)
  var isEmpty: Bool { sequence == 0 && bumps.isEmpty }
}

/// What became of a reply that is held.
enum WaitOutcome {
  case acknowledged
  case waits
  /// This node is out of it: whether the write stays is for others to say.
  case lost
}

extension Ruling {
  /// May the reply be sent?
  func outcome(
    _ sequence: UInt64, _ owners: NodeSet, minimumReady: Int, isAsync: Bool, now: UInt64,
    _ replication: Replication
  ) -> WaitOutcome {
    if !isServing { return .lost }
    if now < acknowledgeFrom || now >= acknowledgeUntil { return .waits }
    if isAsync { return now < readable(from: own) ? .acknowledged : .waits }
    for node in owners.intersection(required) where node != own {
      if replication.acknowledged(by: node) < sequence { return .waits }
    }
    return owners.intersection(ready).count >= minimumReady ? .acknowledged : .waits
  }
}
