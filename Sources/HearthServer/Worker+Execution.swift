import CHearth
import HearthCluster
import HearthHerd
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// Executes the batch in order. The items are prefetched for all of it first: their buckets have arrived by
  /// now, so that the misses of the memory overlap.
  static func execute(_ w: WorkerPointer) {
    let count = w.pointee.batchCount
    if count == 0 { return }
    w.pointee.batchCount = 0
    let batch = w.pointee.batch
    if count > 1 {
      if w.pointee.links == nil {
        for i in 0..<count { batch[i].pool.pointee.pool.prefetchItem(batch[i].key.hash) }
      } else {
        for i in 0..<count where batch[i].detour != .forward {
          batch[i].pool.pointee.pool.prefetchItem(batch[i].key.hash)
        }
      }
    }
    for i in 0..<count {
      let op = batch + i
      setOrigin(w, op.pointee.origin)
      makeRoom(w)
      if op.pointee.frame != 0 {
        executeFramed(w, op, performOne)
        continue
      }
      if w.pointee.originMustWait {
        handBack(w, op)
        continue
      }
      if op.pointee.detour == .forward {
        forward(w, op)
        continue
      }
      perform(w, op)
    }
    w.pointee.counters.requests &+= UInt64(truncatingIfNeeded: count)
  }

  /// Executes one request and tells those who wait for its key.
  @inline(__always)
  private static func perform(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.detour == .none { dispatch(w, op) } else { performSpecially(w, op) }
    if w.pointee.effect != .none { announce(w, op) }
  }

  @inline(never)
  private static func performOne(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) { perform(w, op) }

  @inline(never)
  private static func performSpecially(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    switch op.pointee.detour {
    case .forward: return forward(w, op)
    case .none: dispatch(w, op)
    case .protected, .besideForward:
      // A reload may have ended the protection since the request was parsed.
      if let rule = op.pointee.pool.pointee.rule { performProtected(w, op, rule) } else { dispatch(w, op) }
    case .replicated: performReplicated(w, op)
    case .stalled: stall(w, op)
    case .refused: refuseFrame(w, op)
    case .tooFewCopies: refuseForCopies(w, op)
    case .group: performOnGroup(w, op)
    case .loading, .fed: refuseInFedPool(w, op)
    case .behindBump: return performBehindBump(w, op, performSpecially)
    case .silence: break
    }
    if op.pointee.detour != .protected, w.pointee.links != nil { endForwardedLine(w, op) }
  }

  /// Why the request does not go the usual way, if it does not.
  @inline(never)
  static func chooseDetour(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>
  ) {
    let key = op.pointee.key
    let pool = op.pointee.pool
    let isRetrieval = op.pointee.request.verb.rawValue <= Verb.gats.rawValue
    let isLineForwarded = isRetrieval && s.pointee.isLineForwarded
    s.pointee.isLineForwarded = isLineForwarded && !op.pointee.request.isLastKey
    if w.pointee.groups.names(key.start, key.count) {
      chooseForGroup(w, op, s)
    } else if s.pointee.hasOpenBump {
      op.pointee.detour = .behindBump
      return
    } else if let rule = pool.pointee.replication {
      chooseCopy(w, op, s, rule)
      if op.pointee.detour == .replicated, let fed = pool.pointee.fed,
        let refusal = FedPool.refuses(fed, op.pointee.request, key.start, key.count)
      {
        op.pointee.detour = refusal
      }
      if op.pointee.detour == .forward {
        s.pointee.isLineForwarded = isRetrieval && !op.pointee.request.isLastKey
      }
    } else if let placement = pool.pointee.placement, !s.pointee.isPeer,
      let node = otherNode(w, key, placement)
    {
      op.pointee.detour = .forward
      op.pointee.node = node
      s.pointee.isLineForwarded = isRetrieval && !op.pointee.request.isLastKey
    } else if let fed = pool.pointee.fed,
      let refusal = FedPool.refuses(fed, op.pointee.request, key.start, key.count)
    {
      op.pointee.detour = refusal
    } else if isLineForwarded {
      op.pointee.detour = .besideForward
    } else if pool.pointee.rule != nil {
      op.pointee.detour = .protected
    }
    if !isRetrieval { return }
    let refuses =
      op.pointee.detour == .loading || op.pointee.detour == .fed
      || op.pointee.detour == .tooFewCopies
      || op.pointee.detour == .forward && w.pointee.datagrams != nil
    if s.pointee.isLineRefused {
      op.pointee.detour = .silence
      s.pointee.isLineRefused = !op.pointee.request.isLastKey
    } else if refuses {
      s.pointee.isLineRefused = !op.pointee.request.isLastKey
    }
  }

  /// A request for a group goes to the node that numbers its bumps.
  private static func chooseForGroup(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>
  ) {
    op.pointee.detour = .group
    noteOpenBump(w, op, s)
    guard let shared = w.pointee.groups.shared else { return }
    if s.pointee.ownPool == nil { op.pointee.pool = w.pointee.pools.pools + shared }
    if let rule = op.pointee.pool.pointee.replication {
      chooseCopy(w, op, s, rule)
    } else if let placement = op.pointee.pool.pointee.placement, !s.pointee.isPeer,
      let node = otherNode(w, at: Numbering.point, placement)
    {
      op.pointee.detour = .forward
      op.pointee.node = node
    }
    let isRetrieval = op.pointee.request.verb.rawValue <= Verb.gats.rawValue
    if op.pointee.detour == .forward {
      s.pointee.isLineForwarded = isRetrieval && !op.pointee.request.isLastKey
    }
  }

  /// The request is for a group's counter.
  static func isForGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    w.pointee.groups.names(op.pointee.key.start, op.pointee.key.count)
  }

  /// The node that has the key; nil: this one.
  private static func otherNode(
    _ w: WorkerPointer, _ key: Key, _ placement: UnsafePointer<Placement>
  ) -> UInt8? {
    let point =
      placement.pointee.isUniform
      ? 0 : KetamaHash.point(of: UnsafeRawBufferPointer(start: key.start, count: key.count))
    return otherNode(w, at: point, placement)
  }

  /// The node that has the keys at a point of the ring; nil: this one.
  private static func otherNode(
    _ w: WorkerPointer, at point: UInt32, _ placement: UnsafePointer<Placement>
  ) -> UInt8? {
    let owner = placement.pointee.owner(of: point, copy: 0)
    return w.pointee.links?[owner] == nil ? nil : UInt8(truncatingIfNeeded: owner)
  }

  /// Executes a request whose large value has arrived.
  @inline(never)
  static func performAlone(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) { perform(w, op) }

  /// Tells those who wait for a key that a refused large value took its old one away.
  @inline(never)
  static func tellEffect(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if op.pointee.detour != .forward, let rule = op.pointee.pool.pointee.rule { tell(w, op, rule) }
    if w.pointee.effect != .none { announce(w, op) }
  }

  /// The key has changed; no lock is held.
  @inline(__always)
  private static func announce(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    let effect = w.pointee.effect
    w.pointee.effect = .none
    // Nobody waits nearly always, and then this is all that the mutex port costs.
    if effect.isNewValue, KeyedMutexTable.hasWaiters(w.pointee.mutex.waitingWord) {
      tellStored(w, op.pointee.key)
    }
  }

  @inline(__always)
  static func dispatch(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    switch op.pointee.request.verb {
    case .get: get(w, op, withCAS: false)
    case .set: store(w, op)
    case .metaGet: metaGet(w, op)
    case .metaSet: metaSet(w, op)
    default: dispatchRarely(w, op)
    }
  }

  @inline(never)
  private static func dispatchRarely(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    switch op.pointee.request.verb {
    case .gets: get(w, op, withCAS: true)
    case .gat: getAndTouch(w, op, withCAS: false)
    case .gats: getAndTouch(w, op, withCAS: true)
    case .add, .replace, .cas: store(w, op)
    case .append, .prepend: extend(w, op)
    case .incr: arithmetic(w, op, increment: true)
    case .decr: arithmetic(w, op, increment: false)
    case .touch: touch(w, op)
    case .delete: delete(w, op)
    case .metaNoop: answer(w, "MN\r\n")
    case .metaDelete: metaDelete(w, op)
    case .metaArithmetic: metaArithmetic(w, op)
    case .metaDebug: metaDebug(w, op)
    case .protocolError:
      if w.pointee.links != nil { breakLine(w, op) }
      // A line that cannot be parsed answers in spite of noreply; the parser knows which errors do not.
      if !op.pointee.request.noReply { answer(w, op.pointee.request.error.line) }
    default: answer(w, "ERROR\r\n")
    }
  }

  /// Writes a whole reply line.
  @inline(__always)
  static func answer(_ w: WorkerPointer, _ line: StaticString) {
    var r = ReplyCursor(w.pointee.out)
    r.text(line)
    w.pointee.out = r.p
  }

  /// Writes a reply line unless the request said noreply.
  @inline(__always)
  static func answer(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ line: StaticString) {
    if !op.pointee.request.noReply { answer(w, line) }
  }
}
