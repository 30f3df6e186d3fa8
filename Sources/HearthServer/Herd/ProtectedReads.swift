import CHearth
import HearthHerd
import HearthNet
import HearthProtocol
import HearthStorage

/// Reads in a pool with herd protection. Most find a value that nobody has to refresh and take the way of all reads;
/// the others ask the lease table.
extension Worker {
  typealias Rule = UnsafePointer<HerdRule>

  /// get, gets.
  static func protectedGet(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule, withCAS: Bool
  ) {
    let verdict = takeVerdict(w, op)
    if case .none = verdict, !isConcerned(w, op, rule) { return getUnasked(w, op, withCAS: withCAS) }
    switch ask(w, op, rule, withCAS ? .gets : .get, verdict) {
    case .serve, .serveWon, .serveTaken: getUnasked(w, op, withCAS: withCAS)
    case .serveStale, .serveStaleWon: getUnasked(w, op, withCAS: withCAS, revealing: true)
    case .miss: replyMiss(w, op)
    case .park(let ticket): park(w, op, ticket)
    }
  }

  @inline(never)
  private static func getUnasked(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, withCAS: Bool, revealing: Bool = false
  ) {
    get(w, op, withCAS: withCAS, revealing: revealing)
  }

  /// The table has to be asked about what the key holds.
  private static func isConcerned(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule
  ) -> Bool {
    let locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    return rule.pointee.concerns(view(w, locked))
  }

  /// gat, gats: an expired item is absent for them, and no miss is played to them.
  static func protectedGetAndTouch(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule) {
    let verdict = takeVerdict(w, op)
    if case .none = verdict, isLive(w, op) { return dispatch(w, op) }
    switch ask(w, op, rule, op.pointee.request.verb == .gats ? .gats : .gat, verdict) {
    case .park(let ticket): park(w, op, ticket)
    default: dispatch(w, op)
    }
  }

  /// mg. The flags N and R say what the client wants, so they win over the rule; with T it is a gat.
  static func protectedMetaGet(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule) {
    let request = op.pointee.request
    if request.has(MetaFlag.vivify | MetaFlag.recache) { return protectedChange(w, op, rule) }
    let touches = request.has(MetaFlag.ttl)
    let verdict = takeVerdict(w, op)
    if case .none = verdict {
      let locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
      let isPlain = locked.item != nil && (touches || !rule.pointee.concerns(view(w, locked)))
      _ = consume locked
      if isPlain { return protectedChange(w, op, rule) }
    }
    switch ask(w, op, rule, touches ? .gat : .metaGet, verdict) {
    case .serve: dispatch(w, op)
    case .serveWon: metaGet(w, op, mark: .won)
    case .serveTaken: metaGet(w, op, mark: .taken)
    case .serveStale: metaGet(w, op, mark: .stale)
    case .serveStaleWon: metaGet(w, op, mark: .staleWon)
    case .miss: metaReplyMiss(w, op)
    case .park(let ticket): park(w, op, ticket)
    }
  }

  private static func isLive(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    let locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    return locked.item != nil
  }

  private static func takeVerdict(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Verdict {
    if w.pointee.datagrams != nil { return .none }
    if op.pointee.frame != 0 || w.pointee.answeredSlot != nil {
      if case .none = w.pointee.verdict { return .none }
      defer { w.pointee.verdict = .none }
      return op.pointee.key.hash == w.pointee.verdictHash ? w.pointee.verdict : .none
    }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    return session(of: c).pointee.herd.takeVerdict(op.pointee.key.hash)
  }

  /// What a read found, as herd protection sees it.
  @inline(__always)
  private static func view(_ w: WorkerPointer, _ locked: borrowing LockedKey) -> ItemView {
    if let item = locked.item {
      let expiry = item.expiry
      if expiry == 0 { return .permanent }
      return .live(
        remaining: UInt64(expiry) &* 1000 &- min(w.pointee.wallMilliseconds, UInt64(expiry) &* 1000),
        life: UInt64(item.life) &* 1000, isExempt: item.isExempt)
    }
    guard let item = locked.expiredItem else { return .absent }
    let end = UInt64(item.expiry) &* 1000
    return .expired(
      for: w.pointee.wallMilliseconds &- min(end, w.pointee.wallMilliseconds), isExempt: item.isExempt)
  }

  /// Asks the lease table, with the item looked up under its lock.
  private static func ask(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule, _ command: ReadCommand,
    _ verdict: Verdict
  ) -> ReadAnswer {
    let now = w.pointee.herdNow
    var giveUpAt: UInt64 = 0
    switch verdict {
    case .none: break
    case .look(let until): giveUpAt = until
    case .lease(let until):
      noteLease(w, op, until: until)
      return .miss(.lease(until: until))
    case .miss: return .miss(.plain)
    }
    let pool = op.pointee.pool.pointee.pool
    let bump = pool.hasGenerations ? pool.lastBump(op.pointee.key) : Bump()
    let request = ReadRequest(
      command, reader: reader(w, op), mayPark: mayPark(w, op), holdsLease: holdsLease(w, op),
      seat: seat(w, op),
      giveUpAt: giveUpAt, clock: pool.generationClock, validFrom: bump.clock,
      heldOffUntil: heldOffUntil(bump, rule))
    let answer = withLeases(w, part: w.pointee.leases.part(of: op.pointee.key.hash)) { table, actions in
      var locked = pool.lock(op.pointee.key, now: w.pointee.now)
      var view = view(w, locked)
      if command == .metaGet && op.pointee.pool.pointee.showsCAS { view.version = locked.observeAnyCAS() }
      return table.read(leaseKey(op), request, view, rule.pointee, now: now, &actions)
    }
    switch answer {
    case .serveWon(let until), .serveStaleWon(let until), .miss(.lease(let until)):
      noteLease(w, op, until: until)
    default: break
    }
    return answer
  }

  /// Until when sets are refused because of a bump.
  static func heldOffUntil(_ bump: Bump, _ rule: Rule) -> UInt64 {
    rule.pointee.holdOff != 0 && bump.time != 0 ? bump.time + rule.pointee.holdOff : 0
  }
}
