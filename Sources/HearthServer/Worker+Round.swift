import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

/// The loop's handlers. Free functions: they run on worker threads and must belong to no actor.

func workerRound(_ context: UnsafeMutableRawPointer) {
  Worker.round(context.assumingMemoryBound(to: Worker.self))
}

func workerOpened(_ context: UnsafeMutableRawPointer, _ connection: UnsafeMutableRawPointer) {
  let w = context.assumingMemoryBound(to: Worker.self)
  let c = connection.assumingMemoryBound(to: Connection.self)
  var value = Session()
  let tag = Int(c.pointee.tag)
  if tag > 0 { value.ownPool = w.pointee.pools.pools + (tag - 1) }
  session(of: c).initialize(to: value)
  if c.pointee.tag == MutexPort.tag { Worker.openMutex(w, c) }
  if c.pointee.tag == ClusterState.listenerTag { Worker.openPeer(w, c) }
}

func workerClosing(_ context: UnsafeMutableRawPointer, _ connection: UnsafeMutableRawPointer) {
  let w = context.assumingMemoryBound(to: Worker.self)
  let c = connection.assumingMemoryBound(to: Connection.self)
  let s = session(of: c)
  Worker.endHerdSession(w, c, s)
  Session.end(s)
  Worker.endOrder(w, s)
  Worker.endStall(w, c, s)
  if let peer = s.pointee.peer {
    s.pointee.peer = nil
    Worker.closePeer(w, c, peer)
  }
  if let mutex = s.pointee.mutex {
    s.pointee.mutex = nil
    Worker.closeMutex(w, mutex)
  }
}

extension Worker {
  /// Rounds with more input than this have their CPU time measured; the others are too short to matter and the
  /// clock of a thread's CPU time costs a system call.
  static let measuredRoundBytes = 4 << 10

  /// Everything that came in at once: parsed into batches across all connections, executed, answered.
  static func round(_ w: WorkerPointer) {
    let loop = w.pointee.loop
    let server = w.pointee.server
    let measured = loop.pointee.roundBytes > measuredRoundBytes
    let cpuStart = measured ? hearth_thread_cpu_ns() : 0
    w.pointee.now = server.pointee.clock.seconds(at: loop.pointee.roundStart)
    if hearth_atomic_load64(&server.pointee.flushScheduled) != 0 {
      ServerState.runFlushes(w, now: w.pointee.now)
    }
    w.pointee.detail = hearth_atomic_load64(&server.pointee.detail) != 0
    w.pointee.hasDetours = hearth_atomic_load64(&server.pointee.hasDetours) != 0
    if w.pointee.hasDetours {
      w.pointee.wallMilliseconds = server.pointee.clock.milliseconds(at: loop.pointee.roundStart)
      w.pointee.herdNow = milliseconds(loop.pointee.roundStart)
    }
    w.pointee.softLimit = server.pointee.budget.isExhausted ? 0 : replySoftLimit
    let mutexPeers = w.pointee.mutexPeers
    mutexPeers.pointee.isInRound = true
    let pending = loop.pointee.pending
    let count = loop.pointee.pendingCount
    for i in 0..<count {
      let p = pending[i]
      advance(w, p.connection, UnsafeRawBufferPointer(start: p.start, count: p.count))
    }
    execute(w)
    flushReplies(w)
    w.pointee.origin = nil
    if w.pointee.links != nil {
      finishReplication(w)
      finishForwarding(w)
    }
    if mutexPeers.pointee.mustTell { tellPeers(w) }
    mutexPeers.pointee.isInRound = false
    for i in 0..<count { Connection.finishRound(pending[i].connection) }
    if loop.pointee.readyDatagrams != nil { answerDatagrams(w) }

    let spent = hearth_monotonic_ns() &- loop.pointee.roundStart
    w.pointee.latency.record(spent)
    w.pointee.counters.rounds &+= 1
    // Wall time bounds CPU time from above, so short rounds need no second clock.
    if measured {
      let cpu = hearth_thread_cpu_ns() &- cpuStart
      if cpu > w.pointee.longestCPU { w.pointee.longestCPU = cpu }
    } else if spent < 1_000_000, spent > w.pointee.longestCPU {
      w.pointee.longestCPU = spent
    }
  }

  /// Goes on with a connection: a value that is arriving, a dump that is being sent, then requests.
  @inline(__always)
  private static func advance(_ w: WorkerPointer, _ c: ConnectionPointer, _ input: UnsafeRawBufferPointer) {
    let s = session(of: c)
    if s.pointee.body == nil && s.pointee.dump == nil && s.pointee.mutex == nil && s.pointee.peer == nil {
      parse(w, c, s, input, from: 0)
    } else {
      advanceSpecially(w, c, s, input)
    }
  }

  @inline(never)
  private static func advanceSpecially(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>,
    _ input: UnsafeRawBufferPointer
  ) {
    if let mutex = s.pointee.mutex { return receiveMutex(w, c, mutex, input) }
    if let peer = s.pointee.peer { return receivePeer(w, c, peer, input) }
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    var offset = 0
    if s.pointee.dump != nil {
      KeyDump.advance(w, c, s)
      if s.pointee.dump != nil || c.pointee.isBlocked {
        keep(c, input, 0)
        return
      }
    }
    if s.pointee.body != nil {
      if input.count == 0 {
        LargeBody.receive(w, c, s)
        return
      }
      offset = LargeBody.feed(w, c, s, input)
      if s.pointee.body != nil { return }
    }
    parse(w, c, s, input, from: offset)
  }

  /// Parses the connection's requests into the batch, executing it whenever it is full. What is left over, or
  /// must wait because the peer does not read, is saved.
  @inline(__always)
  static func parse(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>,
    _ input: UnsafeRawBufferPointer, from start: Int
  ) {
    if input.baseAddress == nil { return }
    var offset = start
    let inlineLimit = w.pointee.inlineLimit
    var parser = s.pointee.parser
    s.pointee.wasHandedBack = false
    while offset < input.count {
      if w.pointee.batchCount == batchSize { execute(w) }
      if w.pointee.originMustWait, w.pointee.origin == UnsafeMutableRawPointer(c) {
        if s.pointee.wasHandedBack { return }
        w.pointee.counters.outputWaits &+= 1
        c.pointee.hasMoreInput = true
        break
      }
      let op = w.pointee.batch + w.pointee.batchCount
      op.pointee.parser = parser
      op.pointee.at = Int32(truncatingIfNeeded: offset)
      let step = parser.next(input, at: offset, inlineLimit: inlineLimit, &op.pointee.request)
      if case .request(let consumed) = step {
        op.pointee.input = input
        op.pointee.origin = UnsafeMutableRawPointer(c)
        let line = offset
        offset &+= consumed
        op.pointee.length = Int32(truncatingIfNeeded: consumed)
        op.pointee.frame = 0
        op.pointee.mayWait = true
        if isBatched(op.pointee.request) {
          prepare(w, op, s)
          w.pointee.batchCount &+= 1
          continue
        }
        s.pointee.parser = parser
        executeAlone(w, c, s, op, line: line, consumed: consumed, input)
        if s.pointee.wasHandedBack { return }
        parser = s.pointee.parser
        if c.pointee.isDoomed || c.pointee.closesWhenDrained { return }
        if s.pointee.body != nil {
          offset &+= LargeBody.feed(w, c, s, UnsafeRawBufferPointer(rebasing: input[offset...]))
          if s.pointee.body != nil { return }
          parser = s.pointee.parser
        } else if s.pointee.dump != nil {
          break
        }
        continue
      }
      if case .needMore(let consumed) = step {
        offset &+= consumed
        break
      }
      execute(w)
      if s.pointee.wasHandedBack { return }
      flushReplies(w)
      Connection.closeWhenDrained(c)
      return
    }
    s.pointee.parser = parser
    keep(c, input, offset)
  }

  @inline(__always)
  private static func keep(_ c: ConnectionPointer, _ input: UnsafeRawBufferPointer, _ offset: Int) {
    if offset != input.count {
      Connection.save(c, input.baseAddress.unsafelyUnwrapped + offset, input.count &- offset)
    }
  }

  /// The request is executed together with others. Everything else waits for those before it.
  @inline(__always)
  static func isBatched(_ request: Request) -> Bool {
    (request.verb.rawValue <= Verb.metaDebug.rawValue && !request.bodyFollows)
      || request.verb == .protocolError
  }

  /// Finds the key's pool and hash and asks for its bucket.
  @inline(__always)
  static func prepare(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>
  ) {
    op.pointee.detour = .none
    var start = op.pointee.input.baseAddress.unsafelyUnwrapped + Int(op.pointee.request.key.start)
    var count = Int(op.pointee.request.key.count)
    if op.pointee.request.verb.rawValue >= Verb.metaNoop.rawValue {
      if op.pointee.request.verb.rawValue > Verb.metaDebug.rawValue || op.pointee.request.verb == .metaNoop {
        op.pointee.key = Key(start, 0, hash: 0)
        op.pointee.pool = w.pointee.pools.pools
        return
      }
      if op.pointee.request.has(MetaFlag.base64Key) {
        let room = w.pointee.keyScratch + 256 * (op - w.pointee.batch)
        count = Base64.decode(UnsafeRawBufferPointer(start: start, count: count), room)
        start = UnsafeRawPointer(room)
      }
    }
    op.pointee.pool = s.pointee.ownPool ?? w.pointee.pools.pool(of: start, count)
    if !w.pointee.hasDetours {
      op.pointee.key = Key(start, count)
    } else if isElsewhere(w, op, s, start, count) {
      return
    }
    op.pointee.pool.pointee.pool.prefetchBucket(op.pointee.key.hash)
  }

  /// Finds the way that the request goes, and its key's hash, unless the key is another node's: there it matters.
  private static func isElsewhere(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>,
    _ start: UnsafeRawPointer, _ count: Int
  ) -> Bool {
    let mayBeElsewhere = op.pointee.pool.pointee.placement != nil
    op.pointee.key = mayBeElsewhere ? Key(start, count, hash: 0) : Key(start, count)
    chooseDetour(w, op, s)
    if op.pointee.detour == .forward { return true }
    if mayBeElsewhere { op.pointee.key = Key(start, count) }
    return false
  }
}
