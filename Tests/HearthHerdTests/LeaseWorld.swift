import CHearth

@testable import HearthHerd

/// What can happen in the explored world.
enum LeaseEvent: Hashable {
  /// The reader sends its request: a get of all its keys, in its order.
  case read(Int)
  /// The reader stores what it was told to compute.
  case compute(Int, key: Int)
  /// The same with add.
  case add(Int, key: Int)
  /// Somebody else stores the key.
  case write(Int)
  case delete(Int)
  case invalidate(Int)
  case disconnect(Int)
  /// The next item comes near its expiry.
  case near
  /// The next item expires.
  case expire
  /// Time passes, unnoticed.
  case drift
  /// Time passes, and the table is told.
  case tick
}

/// A store, a few connections and a lease table, played against a plain model of what leases promise.
/// Everything that breaks a promise goes to `failures`.
final class LeaseWorld {
  struct Reader {
    /// Place in the request of the key it is parked at, and until when at most.
    var parked: (place: Int, ticket: WaitTicket, giveUpAt: UInt64)?
    var leases = ReaderLeases()
    var told: Set<Int> = []
    var isClosed = false
  }
  struct Lease {
    var reader: Int
    var until: UInt64
    var isRefresh: Bool
  }

  static let life: UInt64 = 1000
  let rule: HerdRule
  let requests: [[Int]]
  var table = LeaseTable(capacity: 4, waiters: 8, maximumBytes: 1 << 20, pools: 1)
  private var buffer = HerdActions()
  var now: UInt64 = 10_000
  /// When each key's item expires; nil without one.
  var items: [UInt64?]
  var readers: [Reader]
  /// Who computes each key, as the promises have it.
  var leases: [Lease?]
  var heldOffUntil: [UInt64]
  var failures: [String] = []

  init(_ rule: HerdRule, requests: [[Int]], keys: Int, filled: Bool) {
    self.rule = rule
    self.requests = requests
    items = Array(repeating: filled ? now + Self.life : nil, count: keys)
    readers = Array(repeating: Reader(), count: requests.count)
    leases = Array(repeating: nil, count: keys)
    heldOffUntil = Array(repeating: 0, count: keys)
  }

  func isPossible(_ event: LeaseEvent) -> Bool {
    switch event {
    case .read(let r): !readers[r].isClosed && readers[r].parked == nil
    case .compute(let r, let k), .add(let r, let k):
      !readers[r].isClosed && readers[r].parked == nil && readers[r].told.contains(k)
    case .disconnect(let r): !readers[r].isClosed
    case .near: items.contains { $0 ?? 0 > now + 200 }
    case .expire: items.contains { $0 ?? 0 > now }
    default: true
    }
  }

  func play(_ event: LeaseEvent) {
    switch event {
    case .read(let r): read(r, from: 0, giveUpAt: 0)
    case .compute(let r, let k): store(k, by: r, add: false)
    case .add(let r, let k): store(k, by: r, add: true)
    case .write(let k): store(k, by: nil, add: false)
    case .delete(let k):
      items[k] = nil
      leases[k] = nil
      withKey(k) { table.deleted($0, now: now, &buffer) }
    case .invalidate(let k):
      items[k] = nil
      leases[k] = nil
      if rule.holdOff != 0 { heldOffUntil[k] = now + rule.holdOff }
      withKey(k) { table.invalidated($0, rule, now: now, &buffer) }
    case .disconnect(let r):
      readers[r].isClosed = true
      if let parked = readers[r].parked, !table.closed(parked.ticket) { fail("reader \(r) was not parked") }
      readers[r].parked = nil
    case .expire: now = items.compactMap { $0 }.filter { $0 > now }.min() ?? now
    case .near: now = (items.compactMap { $0 }.filter { $0 > now + 200 }.min() ?? now) - 200
    case .drift: now += 160
    case .tick: tick(160)
    }
    carryOut()
  }

  /// Looks into the table itself.
  func inspect() { failures += table.violations() }

  func tick(_ milliseconds: UInt64) {
    now += milliseconds
    while table.nextDeadline <= now { table.tick(now: now, &buffer) }
    carryOut()
    for (r, reader) in readers.enumerated() {
      guard let parked = reader.parked else { continue }
      if parked.giveUpAt <= now { fail("reader \(r) waits too long") }
      if leases[requests[r][parked.place]] == nil { fail("reader \(r) waits for nobody") }
      if let lease = leases[requests[r][parked.place]], lease.until <= now {
        fail("reader \(r) waits in vain")
      }
    }
  }

  /// Lets the world come to rest: nobody may be left waiting and nothing may stay in the table.
  func finish() {
    for _ in 0..<8 where !table.isEmpty { tick(table.nextDeadline > now ? table.nextDeadline - now : 0) }
    for (r, reader) in readers.enumerated() where reader.parked != nil { fail("reader \(r) waits for ever") }
    if !table.isEmpty || table.parkedReaders != 0 { fail("the table never empties") }
    failures += table.violations()
  }

  func fail(_ what: String) { failures.append(what) }

  private func withKey<R>(_ key: Int, _ body: (LeaseKey) -> R) -> R {
    var byte = UInt8(key)
    return withUnsafeBytes(of: &byte) { body(LeaseKey(pool: 0, $0.baseAddress!, 1, hash: UInt64(key))) }
  }

  private func view(_ key: Int) -> ItemView {
    guard let end = items[key] else { return .absent }
    return end > now ? .live(remaining: end - now, life: Self.life) : .expired(for: now - end)
  }

  private func read(_ r: Int, from place: Int, giveUpAt: UInt64) {
    var giveUpAt = giveUpAt
    for place in place..<requests[r].count {
      let key = requests[r][place]
      let request = ReadRequest(
        .get, reader: UInt64(r + 1), holdsLease: readers[r].leases.holds(now: now), seat: UInt64(place),
        giveUpAt: giveUpAt)
      giveUpAt = 0
      let item = view(key)
      if !rule.concerns(item) { continue }
      let answer = withKey(key) { table.read($0, request, item, rule, now: now, &buffer) }
      // A lease that was found over may have gone to another before this answer.
      promote()
      judge(answer, r, place, item)
      if readers[r].parked != nil { return }
    }
  }

  private func judge(_ answer: ReadAnswer, _ r: Int, _ place: Int, _ item: ItemView) {
    let key = requests[r][place]
    let active = leases[key].flatMap { $0.until > now ? $0 : nil }
    switch answer {
    case .serve: if item.state != .live { fail("served what is not there") }
    case .serveStale:
      if item.state != .expired || item.expiredFor >= rule.serveStale { fail("served what is too old") }
      if active == nil || active?.reader == r { fail("nobody computes what is served stale") }
    case .miss(.lease(let until)): grant(key, to: r, until: until, isRefresh: item.state == .live)
    case .miss: if item.state == .live { fail("a miss without a lease of a living item") }
    case .park(let ticket):
      if readers[r].leases.holds(now: now) || active?.reader == r { fail("holder \(r) is parked") }
      if active == nil { fail("reader \(r) is parked behind nobody") }
      if item.state == .live { fail("parked though the item lives") }
      readers[r].parked = (place, ticket, now + rule.coalesceWait)
    case .serveWon, .serveStaleWon, .serveTaken: fail("a get was answered as an mg")
    }
  }

  private func grant(_ key: Int, to r: Int, until: UInt64, isRefresh: Bool) {
    if let lease = leases[key], lease.until > now { fail("\(r) and \(lease.reader) both compute \(key)") }
    leases[key] = Lease(reader: r, until: until, isRefresh: isRefresh)
    readers[r].leases.gave(until: until, now: now)
    readers[r].told.insert(key)
  }

  private func store(_ key: Int, by r: Int?, add: Bool) {
    let reader = r.map { UInt64($0 + 1) } ?? 99
    let permit = withKey(key) { table.permit($0, WriteRequest(reader: reader), now: now) }
    let active = leases[key].flatMap { $0.until > now ? $0 : nil }
    let isHolder = r != nil && active?.reader == r
    if permit.isHolder != isHolder { fail("\(reader) is taken for a holder or not for one") }
    if permit.isRefused != (heldOffUntil[key] > now && !isHolder) {
      fail("hold-off was wrong about \(reader)")
    }
    if permit.addActsAsSet != (isHolder && active?.isRefresh == true) { fail("add of \(reader) is wrong") }
    if let r { readers[r].told.remove(key) }
    if permit.isRefused || add && view(key).state == .live && !permit.addActsAsSet { return }
    items[key] = now + Self.life
    leases[key] = nil
    let ended = withKey(key) { table.written($0, add ? .add : .set, now: now, &buffer) }
    if let r, ended == reader { readers[r].leases.ended() }
  }

  /// Tells promoted readers, without going on with their requests.
  private var pending: [HerdAction] = []
  private func promote() {
    for index in 0..<buffer.count {
      let action = buffer[index]
      let r = Int(action.ticket.reader) - 1
      guard let parked = readers[r].parked, parked.ticket == action.ticket else {
        fail("reader \(r) is answered twice")
        continue
      }
      if action.kind == .missWithLease {
        grant(requests[r][parked.place], to: r, until: action.until, isRefresh: false)
      }
      if action.kind == .plainMiss && parked.giveUpAt > now { fail("reader \(r) was sent away early") }
      readers[r].parked = nil
      pending.append(action)
    }
    buffer.removeAll()
  }

  private func carryOut() {
    promote()
    while !pending.isEmpty {
      let action = pending.removeFirst()
      let (r, place) = (Int(action.ticket.reader) - 1, Int(action.ticket.seat))
      if readers[r].isClosed { continue }
      let isRetry = action.kind == .retry
      read(r, from: isRetry ? place : place + 1, giveUpAt: isRetry ? action.until : 0)
      if isRetry, let parked = readers[r].parked, parked.place == place {
        readers[r].parked?.giveUpAt = action.until
      }
      promote()
    }
  }

  /// Two worlds with the same signature have the same future.
  func signature(_ left: [Int]) -> [Int] {
    func until(_ time: UInt64?, atLeast least: Int = 0) -> Int {
      guard let time, time != 0 else { return -100_000 }
      return max(Int(time) - Int(now), least)
    }
    var result = left
    for item in items { result.append(until(item, atLeast: -1000)) }
    for r in readers {
      result += [r.isClosed ? 1 : 0, r.leases.holds(now: now) ? 1 : 0]
      result += [r.told.reduce(0) { $0 | 1 << $1 }, r.parked?.place ?? -1, until(r.parked?.giveUpAt)]
    }
    for lease in leases {
      result += [lease?.reader ?? -1, lease?.isRefresh == true ? 1 : 0, until(lease?.until)]
    }
    for end in heldOffUntil { result.append(until(end)) }
    for key in 0..<items.count {
      let number = withKey(key) { table.find($0) }
      if number == 0 { continue }
      let e = table.entries[number].pointee
      result += [key, Int(e.purpose.rawValue), e.addActsAsSet ? 1 : 0, Int(e.holder), Int(e.leaseLength)]
      result += [until(e.leaseEnd, atLeast: -20_000), until(e.holdOffEnd, atLeast: -20_000)]
      var waiter = e.firstWaiter
      while waiter != 0 {
        result.append(Int(table.waiters[waiter].pointee.reader))
        waiter = table.waiters[waiter].pointee.next
      }
    }
    return result
  }
}
