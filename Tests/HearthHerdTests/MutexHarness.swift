@testable import HearthHerd

/// A mutex table with real conversations: each peer's bytes go in, and what it is sent is kept as text, `x`
/// for a closed connection.
final class MutexHarness {
  var table: KeyedMutexTable
  var now: UInt64 = 1_000_000
  var peers: [UInt64: KeyedMutexPeer] = [:]
  var sent: [UInt64: String] = [:]
  private var buffer = MutexActions()

  init(_ options: MutexOptions = MutexOptions()) { table = KeyedMutexTable(options, seed: 0x1234_5678) }

  static func key(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 16) }

  static func digest(_ number: UInt8) -> MutexKey {
    key(number).withUnsafeBytes { MutexKey($0.baseAddress!) }
  }

  /// The peer sends bytes; a new peer connects first.
  func send(_ id: UInt64, _ bytes: [UInt8]) {
    var peer = peers[id] ?? KeyedMutexPeer()
    let goesOn = bytes.withUnsafeBytes { table.receive($0, from: &peer, id, now: now, &buffer) }
    peers[id] = peer
    carryOut(from: id)
    if !goesOn { sent[id, default: ""] += "x" }
  }

  func ask(_ id: UInt64, _ number: UInt8) { send(id, Self.key(number)) }

  func release(_ id: UInt64) { send(id, [0x52]) }

  func close(_ id: UInt64) {
    if let peer = peers[id] { table.release(peer.claim, now: now, &buffer) }
    peers[id] = nil
    carryOut()
  }

  func stored(_ number: UInt8) {
    table.stored(Self.digest(number), &buffer)
    carryOut()
  }

  func pass(_ milliseconds: UInt64) {
    now += milliseconds
    while table.nextDeadline <= now { table.tick(now: now, &buffer) }
    carryOut()
  }

  /// What the peer was sent since the last call.
  func take(_ id: UInt64) -> String {
    defer { sent[id] = nil }
    return sent[id] ?? ""
  }

  func list(limit: Int = 1000) -> [MutexListing] {
    var cursor: UInt32 = 0
    var rows: [MutexListing] = []
    while table.list(from: &cursor, limit: limit, now: now, { rows.append($0) }) {}
    return rows
  }

  var counters: MutexCounters { table.counters }
  var held: Int { table.held }
  var waiting: Int { table.waitingPeers }

  private func carryOut(from sender: UInt64 = 0) {
    for index in 0..<buffer.count {
      let action = buffer[index]
      let isOwn = action.peer == sender && action.kind == .own
      guard var peer = peers[action.peer], isOwn || peer.apply(action) else { continue }
      if !isOwn { peers[action.peer] = peer }
      sent[action.peer, default: ""] += [.own: "O", .tell: "R", .close: "x"][action.kind]!
    }
    buffer.removeAll()
  }

  /// Everything that is not as it must be.
  func violations() -> [String] { table.violations() }
}

extension KeyedMutexTable {
  func violations() -> [String] {
    var wrong: [String] = []
    func check(_ holds: Bool, _ what: String) { if !holds { wrong.append(what) } }
    var (count, waiters, claimed) = (0, 0, 0)
    var previous: UInt32 = 0
    var number = earliest
    while number != 0 {
      let hold = holds[number].pointee
      check(hold.earlier == previous, "order is broken")
      check(previous == 0 || holds[previous].pointee.deadline <= hold.deadline, "deadlines out of order")
      check(find(hold.key) == number, "hold \(number) cannot be found")
      check(claims[hold.owner].pointee.serial != 0, "hold \(number) has no owner")
      var before: UInt32 = 0
      var waiter = hold.firstWaiter
      var length: UInt32 = 0
      while waiter != 0 {
        let claim = claims[waiter].pointee
        check(claim.previous == before && claim.hold == number && claim.serial != 0, "waiter is astray")
        before = waiter
        waiter = claim.next
        length += 1
      }
      check(hold.lastWaiter == before && hold.waiterCount == length, "list of waiters is broken")
      waiters += Int(length)
      claimed += Int(length) + 1
      count += 1
      previous = number
      number = hold.later
    }
    check(latest == previous && holds.used == count, "\(holds.used) holds, \(count) in order")
    check(waiters == Int(waiting) && claims.used == claimed, "\(claims.used) claims, \(claimed) listed")
    let c = counters
    check(c.acquired == c.released + c.timeOuts + UInt64(count), "owners do not add up: \(c)")
    let answered = c.told + c.toldBySet + c.handOvers + c.closedWaiting
    check(c.waited == answered + UInt64(waiters), "waiters do not add up: \(c)")
    return wrong
  }
}
