import CHearth
import HearthNet
import HearthStorage

func workerTick(_ context: UnsafeMutableRawPointer) {
  let w = context.assumingMemoryBound(to: Worker.self)
  Worker.maintain(w)
  Worker.tickMutex(w)
  if w.pointee.links != nil {
    if w.pointee.replication != nil {
      StreamLinks.tick(w)
      Worker.unstall(w)
      Worker.retryAll(w)
    }
    Worker.tickBumps(w)
    Worker.tickFeeds(w)
    Worker.releaseReplies(w)
    PeerLinks.tick(w)
    Worker.tickPeers(w)
  }
}

func workerMessage(
  _ context: UnsafeMutableRawPointer, _ kind: Int, _ number: Int, _ pointer: UnsafeMutableRawPointer?
) {
  let w = context.assumingMemoryBound(to: Worker.self)
  switch kind {
  case Worker.maintenanceMessage: Worker.maintain(w)
  case Worker.herdMessage: Worker.receiveHerdActions(w)
  case Worker.wakeParkedMessage: Worker.wakeParked(w, .none)
  case Worker.dismissParkedMessage: Worker.wakeParked(w, .miss)
  case Worker.mutexMessage: Worker.tellPeers(w)
  case Worker.deliverMessage:
    Worker.retryAll(w)
    Worker.finishForwarding(w)
  case Worker.acknowledgedMessage:
    Worker.releaseReplies(w)
    Worker.deliver(w)
  case Worker.streamMessage: Worker.lookAfter(w, stream: number)
  case Worker.rulingMessage: Worker.take(w, pointer)
  case Worker.bumpsMessage: Worker.tickBumps(w)
  case Worker.feedMessage: Worker.lookAfterFeed(w, number)
  case Worker.mutexTickMessage: Worker.closeOwners(w)
  default: break
  }
}

extension Worker {
  /// Goes on with the background work that a turn of the loop had no time for.
  static let maintenanceMessage = EventLoop.firstOwnMessage
  /// Items per step of background work; a step holds a shard's lock in small parts.
  private static let stepBudget = 128
  /// How long background work may keep requests waiting, nanoseconds.
  private static let patience: UInt64 = 300_000

  /// Background work of the pools that fall to this worker: expiry, reserve of free segments, lower limits. What
  /// is left over waits until the requests that came meanwhile are answered.
  static func maintain(_ w: WorkerPointer) {
    let start = hearth_monotonic_ns()
    let cpuStart = hearth_thread_cpu_ns()
    let server = w.pointee.server
    w.pointee.now = server.pointee.clock.seconds(at: start)
    if hearth_atomic_load64(&server.pointee.flushScheduled) != 0 {
      ServerState.runFlushes(w, now: w.pointee.now)
    }
    var more = false
    var i = w.pointee.index
    while i < w.pointee.pools.count {
      let pool = w.pointee.pools.pools[i].pool
      var busy = true
      while busy && hearth_monotonic_ns() - start < patience {
        busy = pool.maintain(now: w.pointee.now, budget: stepBudget)
      }
      if busy { more = true }
      // Unhurried: what is left waits for the next tick.
      let number = sweptNumber(w, pool: i)
      while pool.sweepGenerations(now: w.pointee.now, time: milliseconds(start), upTo: number),
        hearth_monotonic_ns() - start < patience
      {}
      i += server.pointee.workerCount
    }
    let cpu = hearth_thread_cpu_ns() - cpuStart
    if cpu > w.pointee.longestCPU { w.pointee.longestCPU = cpu }
    if more { w.pointee.loop.pointee.mailbox.post(Message(kind: maintenanceMessage)) }
  }
}
