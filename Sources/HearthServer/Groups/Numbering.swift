import CHearth
import HearthCluster
import HearthConfig

/// How the nodes that keep pools together agree on the numbers of bumps.
///
/// One node, the *numberer*, is the primary of one point of the rings. It numbers each bump, makes the group void among its own keys, and
/// tells every other node that is primary of keys in its view; each does the same with the same number, as a change of its own, and
/// answers when the copies have it. So a bump is a write of all keys, by all their primaries. They are told in *rounds*, one after
/// another, by one worker, the *keeper*: so numbers come to a node in their order, and one that comes late is refused by its clock. A round that
/// fails, or whose view has gone, is repeated with new numbers; a bump that is given up has cost numbers and perhaps some items.
///
/// A node that has no number yet (0), or is so far behind that stamps would lose their meaning, drops what it has. Where keys have one
/// copy nothing outlives a node, so who begins to number asks all others how far they are first.
final class Numbering: @unchecked Sendable {
  /// The worker that tells.
  static let keeper = 0
  /// Bumps of a round, at most.
  static let roundLimit = 4096
  /// Milliseconds between attempts.
  static let pause: UInt64 = 50
  /// The primary of this point numbers.
  static let point = Array("gen/".utf8).withUnsafeBytes { KetamaHash.point(of: $0) }

  /// The pools, all kept by the same nodes.
  let pools: [Int]
  /// The last change by a bump; atomic.
  private let last: UnsafeMutablePointer<UInt64>

  private let lockWord: UnsafeMutablePointer<UInt32>
  // Under the lock.
  private var queue: [BumpTicket] = []
  private var isWoken = false

  // The keeper's alone.
  /// Those that are to be told, in the order of their numbers.
  var pending: [BumpTicket] = []
  /// The round under way.
  var round: BumpRound?
  var rounds: UInt64 = 0
  /// The others are to hear how far the numbers are, before anything else.
  var tellsNumbers = true
  /// Milliseconds of the monotonic clock before which nothing is tried again.
  var retryAt: UInt64 = 0

  init?(_ pools: [PoolConfiguration]) {
    self.pools = pools.indices.filter { pools[$0].keepsGenerations && !pools[$0].copies.isEmpty }
    if self.pools.isEmpty { return nil }
    last = .allocate(capacity: 1)
    last.initialize(to: 0)
    lockWord = .allocate(capacity: 1)
    lockWord.initialize(to: 0)
  }

  private func locked<R>(_ body: () -> R) -> R {
    hearth_lock(lockWord)
    defer { hearth_unlock(lockWord) }
    return body()
  }

  /// A bump is to be told. Any thread.
  func append(_ ticket: BumpTicket) { locked { queue.append(ticket) } }

  /// True: the keeper has to be woken. Any thread.
  func wakes() -> Bool {
    locked {
      defer { isWoken = true }
      return !isWoken
    }
  }

  /// Takes what was appended. The keeper.
  func takeQueue() {
    locked {
      isWoken = false
      pending += queue
      queue.removeAll()
    }
  }

  /// The first of those that are to be told, as many as one round takes. The keeper.
  func takePending() -> [BumpTicket] {
    var bumps = 0
    let taken = pending.prefix { ticket in
      bumps += ticket.bumps.count
      return bumps <= Self.roundLimit
    }
    pending.removeFirst(taken.count)
    return Array(taken)
  }

  /// How far the others may go before what is pending is told, where the clock is that far. The keeper.
  func number(upTo clock: UInt64, pool: Int, reign: UInt64) -> UInt64 {
    var number = clock
    for ticket in pending where ticket.reign == reign {
      for bump in ticket.bumps where bump.pool == pool { number = min(number, bump.clock - 1) }
    }
    return number
  }

  /// A bump was noted in the journal. Any thread.
  func note(_ sequence: UInt64) {
    while true {
      let old = hearth_atomic_load64(last)
      if old >= sequence || hearth_atomic_cas64(last, old, sequence) != 0 { return }
    }
  }

  /// The last change by a bump, 0: none. Any thread.
  var lastSequence: UInt64 { hearth_atomic_load64(last) }
}

/// What the others are being told.
struct BumpRound {
  let number: UInt64
  let view: UInt64
  /// Nothing but how far the numbers are, and with it the question how far the others' are.
  let tellsNumbers: Bool
  var tickets: [BumpTicket]
  /// Those that have not answered.
  var awaited: NodeSet
  /// Who has not done it.
  var failed: Int?
  /// Somebody's clock is ahead.
  var isBehind = false
  /// The highest clock of each pool among the others.
  var clocks: [Int: UInt64] = [:]

  mutating func hear(_ clock: UInt64, pool: Int) { clocks[pool] = max(clocks[pool] ?? 0, clock) }
}
