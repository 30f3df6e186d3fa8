import CHearth
import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Requests for keys of pools that are kept by views: executed here, passed on, or kept until it is settled who answers them.
extension Worker {
  /// Says where a request goes.
  static func chooseCopy(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>,
    _ rule: UnsafePointer<ReplicationRule>
  ) {
    switch route(w, op, rule, atPrimary: s.pointee.hasForwardedWrite) {
    case .here: op.pointee.detour = .replicated
    case .node(let node):
      if mayChange(op) { s.pointee.hasForwardedWrite = true }
      op.pointee.detour = s.pointee.isPeer ? .refused : .forward
      op.pointee.node = UInt8(truncatingIfNeeded: node)
    case .nowhere: op.pointee.detour = s.pointee.isPeer ? .refused : .stalled
    case .tooFewCopies: op.pointee.detour = .tooFewCopies
    }
  }

  /// Where the request goes, by the ruling; notes the key's owners.
  static func route(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: UnsafePointer<ReplicationRule>,
    failed: NodeSet = [], atPrimary: Bool = false
  ) -> Route {
    guard let ruling = w.pointee.ruling, let replication = w.pointee.replication else { return .nowhere }
    let pool = op.pointee.pool
    // Only one node knows a group's number.
    let isForGroup = isForGroup(w, op)
    let owners =
      isForGroup
      ? KeyOwners(at: Numbering.point, pool: pool.pointee.index, ruling)
      : KeyOwners(op.pointee.key, pool: pool.pointee.index, ruling)
    op.pointee.owners = owners.joint
    let changes = mayChange(op) || isForGroup
    // There is no other one to ask then: the error says which node it is.
    let isSole = ruling.pointee.isSole(pool: pool.pointee.index)
    let route = ruling.pointee.route(
      owners: owners.all, primary: owners.primary, isSole: isSole,
      changes: changes || atPrimary && owners.primary != ruling.pointee.own,
      minimumReady: changes ? rule.pointee.minimumReady : 0,
      near: replication.directory.near,
      failed: isSole ? failed : failed.union(w.pointee.unreachable), now: w.pointee.herdNow)
    if route != .here { return route }
    if !changes {
      // Reading a stale item hands out the right to recompute it.
      if let primary = owners.primary, primary != ruling.pointee.own, op.pointee.request.verb == .metaGet,
        isStale(w, op)
      {
        return .node(primary)
      }
      return .here
    }
    if pool.pointee.pool.isUnnumbered { return .nowhere }
    return mustYield(w, owners.joint, rule, replication) ? .nowhere : .here
  }

  private static func isStale(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    let locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    return locked.item?.isStale ?? false
  }

  /// Writers wait while a copy is about to be lost to them, or lags more than the pool allows.
  static func mustYield(
    _ w: WorkerPointer, _ owners: NodeSet, _ rule: UnsafePointer<ReplicationRule>, _ replication: Replication
  ) -> Bool {
    guard let ruling = w.pointee.ruling, !replication.isHandingOver else { return true }
    let counted = owners.intersection(ruling.pointee.required)
    if hearth_atomic_load64(replication.pressed) & counted.bits != 0 { return true }
    if !rule.pointee.isAsync { return false }
    for node in counted where node != ruling.pointee.own {
      let since = replication.owedSince(by: node)
      if since != 0, w.pointee.herdNow > since + rule.pointee.lagTime { return true }
    }
    return false
  }

  /// Whether the request may change its key, or has to be answered by who does that.
  static func mayChange(_ op: UnsafeMutablePointer<Operation>) -> Bool {
    switch op.pointee.request.verb {
    case .get, .gets: return op.pointee.pool.pointee.rule != nil
    case .metaGet: return op.pointee.pool.pointee.rule != nil || !isRead(op)
    default: return !isRead(op)
    }
  }

  /// Whether the request leaves its key as it is, so that asking twice does no harm.
  static func isRead(_ op: UnsafeMutablePointer<Operation>) -> Bool {
    switch op.pointee.request.verb {
    case .get, .gets, .metaDebug, .metaNoop, .protocolError: return true
    case .metaGet: return !op.pointee.request.has(MetaFlag.vivify | MetaFlag.recache | MetaFlag.ttl)
    default: return false
    }
  }

  /// A request that this node executes.
  static func performReplicated(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.datagrams == nil, op.pointee.frame == 0, op.pointee.mayWait {
      session(of: op.pointee.origin.assumingMemoryBound(to: Connection.self)).pointee.stalledSince = 0
    }
    if w.pointee.datagrams != nil, mayChange(op) {
      return report(w, "SERVER_ERROR the key has copies on other nodes: write it by TCP\r\n")
    }
    if hasForeignVersion(op) {
      return answer(w, "CLIENT_ERROR a version cannot be given to keys that have copies on other nodes\r\n")
    }
    if isForGroup(w, op) {
      performOnGroup(w, op)
    } else if let rule = op.pointee.pool.pointee.rule {
      performProtected(w, op, rule)
    } else {
      dispatch(w, op)
    }
    noteChange(w, op)
  }

  private static func hasForeignVersion(_ op: UnsafeMutablePointer<Operation>) -> Bool {
    switch op.pointee.request.verb {
    case .metaGet, .metaSet, .metaDelete, .metaArithmetic:
      return op.pointee.request.has(MetaFlag.explicitCAS)
    default: return false
    }
  }

  /// Too few copies of the key are ready.
  static func refuseForCopies(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.request.noReply { return }
    report(w, "SERVER_ERROR fewer copies of the key are ready than min_ready asks for\r\n")
  }

  /// The node is not ready, so what it holds of these pools is loaded anew, or caught up with, before it counts again.
  static func isCountedOut(_ w: WorkerPointer, _ node: Int, pool: Int) -> Bool {
    guard let ruling = w.pointee.ruling, !ruling.pointee.ready.contains(node) else { return false }
    let pools = pool == allPools ? 0..<w.pointee.pools.count : pool..<pool + 1
    return pools.allSatisfy { pool in
      if !w.pointee.pools.pools[pool].isShared { return true }
      if w.pointee.pools.pools[pool].replication == nil { return false }
      // It may come back with keys of which it has the only copy.
      guard let placement = ruling.pointee.placement(pool: pool) else { return false }
      return placement.pointee.copyCount > 1 || !placement.pointee.allNodes.contains(node)
    }
  }

  // ---- what cannot be answered now

  /// Nobody may answer the request at the moment: it waits in its connection.
  @inline(never)
  static func stall(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.datagrams != nil || !op.pointee.mayWait || isOrphaned(w, op) { return refuseStalled(w, op) }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let s = session(of: c)
    if s.pointee.stalledSince == 0 {
      s.pointee.stalledSince = max(w.pointee.herdNow, 1)
      s.pointee.stallLimit = patience(w, op)
    }
    if stallIsOver(w, s) {
      s.pointee.stalledSince = 0
      return refuseStalled(w, op)
    }
    handBack(w, op)
    w.pointee.originMustWait = true
    // Who ends his side has his answer all the same.
    Connection.awaitReplies(c, true)
    Connection.park(c)
    if !s.pointee.isStalled {
      s.pointee.isStalled = true
      w.pointee.stalled.append(c)
    }
  }

  /// It has waited as long as it may.
  static func stallIsOver(_ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>) -> Bool {
    w.pointee.herdNow > s.pointee.stalledSince + s.pointee.stallLimit
  }

  /// The key has no owner that could be asked, and no other one will take its place.
  static func isOrphaned(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    guard let ruling = w.pointee.ruling, ruling.pointee.view > 0 else { return false }
    return ruling.pointee.isOrphaned(op.pointee.owners, pool: op.pointee.pool.pointee.index)
  }

  /// The pool has one copy: when a node is lost, nothing is gained by waiting for another one.
  static func isSole(_ w: WorkerPointer, _ pool: UnsafeMutablePointer<ServerPool>) -> Bool {
    w.pointee.ruling?.pointee.isSole(pool: pool.pointee.index) ?? false
  }

  /// Milliseconds that it may take until it is settled who answers a request.
  static func patience(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64 {
    isSole(w, op.pointee.pool) ? w.pointee.peerTimeout : w.pointee.writeTimeout
  }

  static func refuseStalled(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.request.noReply { return }
    report(w, "SERVER_ERROR no ready copy of the key can be asked\r\n")
  }

  /// What had to wait is tried again. Not within a round.
  static func unstall(_ w: WorkerPointer) {
    let stalled = w.pointee.stalled
    w.pointee.stalled = []
    for c in stalled {
      session(of: c).pointee.isStalled = false
      Connection.awaitReplies(c, session(of: c).pointee.order != nil)
      goOn(c)
    }
  }

  /// A connection closes that may be waiting.
  static func endStall(_ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>) {
    if s.pointee.isStalled { w.pointee.stalled.removeAll { $0 == c } }
  }
}
