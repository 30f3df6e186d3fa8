import HearthHerd
import HearthNet

/// One worker's connections to the mutex port and what is to be told to them. Touched by the worker's thread only.
struct MutexPeers: ~Copyable {
  /// More memory than for so many actions is given back when a crowd has been told.
  private static let kept = 1024

  /// Where all workers leave what is to be told here.
  let inbox: UnsafeMutablePointer<MutexInbox>
  /// By their id. Memcached's connections are not in it.
  var connections: [UInt64: ConnectionPointer] = [:]
  /// What the table asked for in the last call, until it is distributed.
  var actions = MutexActions()
  /// A round is being executed: at its end the worker tells what it decided itself, without waking itself.
  var isInRound = false
  /// It has something to tell at the end of the round.
  var mustTell = false
  /// Taken from the inbox; those before `told` are done.
  private var taken: [MutexAction] = []
  private var told = 0
  /// Ends of the list of connections that owe the rest of a key, in the order in which their keys began.
  private var firstPart: ConnectionPointer?
  private var lastPart: ConnectionPointer?

  /// No connections.
  init(inbox: UnsafeMutablePointer<MutexInbox>) { self.inbox = inbox }

  /// The next action to carry out here; nil: there is none.
  mutating func nextAction() -> MutexAction? {
    if told == taken.count {
      taken.removeAll(keepingCapacity: taken.capacity <= Self.kept)
      told = 0
      MutexInbox.take(inbox, &taken)
      if taken.isEmpty { return nil }
    }
    told += 1
    return taken[told - 1]
  }

  /// There are more actions to carry out.
  var hasActions: Bool { told < taken.count || !MutexInbox.isEmpty(inbox) }

  /// Whose key began first of those that have sent a part of one only.
  var oldestPart: ConnectionPointer? { firstPart }

  /// Keeps the list of parts after a connection's input was handled. O(1).
  mutating func notePart(_ c: ConnectionPointer, _ m: UnsafeMutablePointer<MutexSession>) {
    let since = m.pointee.peer.partSince
    if since == m.pointee.listedSince { return }
    removePart(m)
    guard let since else { return }
    m.pointee.listedSince = since
    m.pointee.previous = lastPart
    if let lastPart { Self.mutex(of: lastPart).pointee.next = c } else { firstPart = c }
    lastPart = c
  }

  /// Takes a connection out of the list of parts, if it is there.
  mutating func removePart(_ m: UnsafeMutablePointer<MutexSession>) {
    if m.pointee.listedSince == nil { return }
    let (before, after) = (m.pointee.previous, m.pointee.next)
    if let before { Self.mutex(of: before).pointee.next = after } else { firstPart = after }
    if let after { Self.mutex(of: after).pointee.previous = before } else { lastPart = before }
    m.pointee.listedSince = nil
    m.pointee.previous = nil
    m.pointee.next = nil
  }

  /// The session of a connection that is in one of the lists here.
  private static func mutex(of c: ConnectionPointer) -> UnsafeMutablePointer<MutexSession> {
    session(of: c).pointee.mutex.unsafelyUnwrapped
  }
}
