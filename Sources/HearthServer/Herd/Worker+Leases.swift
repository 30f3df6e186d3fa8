import CHearth
import HearthHerd
import HearthNet
import HearthStorage

/// The worker's dealings with the lease tables: what parked readers are told, and the time.
extension Worker {
  /// Actions for parked readers of this worker lie in its inbox.
  static let herdMessage = EventLoop.firstOwnMessage + 1
  /// Parked readers are to look again.
  static let wakeParkedMessage = EventLoop.firstOwnMessage + 4
  /// Parked readers are to be answered: the daemon ends.
  static let dismissParkedMessage = EventLoop.firstOwnMessage + 5
  /// Alarms come no closer together, milliseconds.
  private static let alarmGranularity: UInt64 = 5

  /// The key as the lease tables know it.
  @inline(__always)
  static func leaseKey(_ op: UnsafeMutablePointer<Operation>) -> LeaseKey {
    LeaseKey(
      pool: UInt16(truncatingIfNeeded: op.pointee.pool.pointee.index), op.pointee.key.start,
      op.pointee.key.count, hash: op.pointee.key.hash)
  }

  /// Runs `body` on the part of the leases that the key is in, under its lock; what it asks for is done afterwards.
  static func withLeases<R>(
    _ w: WorkerPointer, part: Int, _ body: (inout LeaseTable, inout HerdActions) -> R
  ) -> R {
    var next = UInt64.max
    let result = w.pointee.leases.withTable(part) { table in
      let result = body(&table, &w.pointee.actions)
      next = table.nextDeadline
      return result
    }
    if !w.pointee.actions.isEmpty { ServerState.deliver(w.pointee.server, &w.pointee.actions) }
    if next < w.pointee.nextAlarm { setAlarm(w, next) }
    return result
  }

  private static func setAlarm(_ w: WorkerPointer, _ time: UInt64) {
    w.pointee.nextAlarm = time
    let now = milliseconds(hearth_monotonic_ns())
    w.pointee.loop.pointee.setAlarm(
      afterMilliseconds: max(time > now ? time - now : 0, alarmGranularity))
  }

  /// Monotonic milliseconds, the clock of leases.
  @inline(__always)
  static func milliseconds(_ nanoseconds: UInt64) -> UInt64 { nanoseconds / 1_000_000 }

  /// Does what is due in all tables, and sets the next alarm.
  static func passTime(_ w: WorkerPointer) {
    let now = milliseconds(hearth_monotonic_ns())
    var next = UInt64.max
    for part in 0..<LeaseShards.count where !w.pointee.leases.isEmpty(part) {
      w.pointee.leases.withTable(part) { table in
        table.tick(now: now, &w.pointee.actions)
        next = min(next, table.nextDeadline)
      }
    }
    if !w.pointee.actions.isEmpty { ServerState.deliver(w.pointee.server, &w.pointee.actions) }
    w.pointee.nextAlarm = .max
    if next != .max { setAlarm(w, next) }
  }

  /// Tells parked readers of this worker what became of their keys.
  static func receiveHerdActions(_ w: WorkerPointer) {
    w.pointee.herdInbox.takeAll { action in
      let verdict: Verdict =
        switch action.kind {
        case .retry: .look(until: action.until)
        case .missWithLease: .lease(until: action.until)
        case .plainMiss: .miss
        }
      if let seated = w.pointee.seated[action.ticket.seat] { return tell(w, seated, action.ticket, verdict) }
      guard let c = w.pointee.parked[action.ticket.seat] else { return }
      let s = session(of: c)
      guard s.pointee.herd.ticket == action.ticket else { return }
      w.pointee.parked[action.ticket.seat] = nil
      s.pointee.herd.ticket = nil
      s.pointee.herd.verdict = verdict
      goOn(c)
    }
    finishResumed(w)
  }

  /// Parked readers are executed again at once: where the rules have changed they look anew, and wait on if they still
  /// are to; where the daemon ends they get a miss.
  static func wakeParked(_ w: WorkerPointer, _ verdict: Verdict) {
    let parked = w.pointee.parked
    for (_, c) in parked {
      let s = session(of: c)
      endHerdSession(w, c, s)
      s.pointee.herd.verdict = verdict
      goOn(c)
    }
    for seat in Array(w.pointee.seated.keys) {
      if let seated = w.pointee.seated[seat] { tell(w, seated, nil, verdict) }
    }
    finishResumed(w)
  }

  /// What waits without a connection of its own is executed again.
  /// - Parameter ticket: Only if it is this one that waits; nil: whichever does.
  private static func tell(_ w: WorkerPointer, _ seated: Seated, _ ticket: WaitTicket?, _ verdict: Verdict) {
    switch seated {
    case .frame(let frame):
      if ticket == nil || frame.pointee.ticket == ticket { resume(w, frame, verdict) }
    case .slot(let slot): answer(w, waiting: slot, ticket, verdict)
    }
  }

  /// Parks the connection at this request; its replies so far are sent, the rest of its input waits.
  static func park(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ ticket: WaitTicket) {
    if op.pointee.frame != 0 { return keep(w, op, ticket) }
    if let slot = w.pointee.answeredSlot { return wait(w, op, slot, ticket) }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let s = session(of: c)
    handBack(w, op)
    s.pointee.herd.ticket = ticket
    s.pointee.herd.hash = op.pointee.key.hash
    w.pointee.parked[ticket.seat] = c
    w.pointee.originMustWait = true
    Connection.park(c)
  }

  /// The connection closes: a place in a queue is given up. Leases stay, a proxy may close after each miss.
  static func endHerdSession(_ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>) {
    guard let ticket = s.pointee.herd.ticket else { return }
    s.pointee.herd.ticket = nil
    w.pointee.parked[ticket.seat] = nil
    withdraw(w, ticket, hash: s.pointee.herd.hash)
  }

  /// The reader does not wait any more.
  static func withdraw(_ w: WorkerPointer, _ ticket: WaitTicket, hash: UInt64) {
    withLeases(w, part: w.pointee.leases.part(of: hash)) { table, _ in _ = table.closed(ticket) }
  }
}

func workerAlarm(_ context: UnsafeMutableRawPointer) {
  Worker.passTime(context.assumingMemoryBound(to: Worker.self))
}

extension ServerState {
  /// Puts the actions into the inboxes of the workers that they concern, and forgets them. Any thread.
  static func deliver(_ s: UnsafeMutablePointer<ServerState>, _ actions: inout HerdActions) {
    for i in 0..<actions.count {
      let action = actions[i]
      let owner = s.pointee.workers[Int(action.ticket.seat >> 48 & 0x7fff) - 1]
      if owner.pointee.herdInbox.put(action) {
        owner.pointee.loop.pointee.mailbox.post(Message(kind: Worker.herdMessage))
      }
    }
    actions.removeAll()
  }
}
