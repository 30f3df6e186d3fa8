import HearthCluster
import HearthHerd
import HearthNet

/// Requests of this node's clients that wait for a key, mostly at another node. Their connections say nothing more meanwhile, as those that are
/// parked here.
extension Worker {
  /// A node says that a request waits there, so many milliseconds at most.
  static func noteParked(_ w: WorkerPointer, _ link: LinkPointer, _ id: UInt64, milliseconds: UInt64) {
    guard let slot = link.pointee.setAside(id) else { return }
    guard let order = slot.pointee.order else {
      link.pointee.release(id, isGone: true)
      link.pointee.forget(id)
      return ReplySlot.free(slot, w.pointee.server.pointee.budget)
    }
    // Waiting is no slowness of the node: that begins when the answer is due.
    slot.pointee.asked = w.pointee.herdNow + milliseconds
    slot.pointee.deadline = slot.pointee.asked + w.pointee.peerTimeout
    if slot.pointee.wait != nil { return }
    beginWait(w, slot, order, .there(link, id))
    let c = order.pointee.connection
    if session(of: c).pointee.herd.leases.holds(now: w.pointee.herdNow) { releaseSlots(w, order) }
  }

  /// A node says that a client was given a lease for so many milliseconds, or with 0 that one of its leases has ended.
  static func noteLease(_ w: WorkerPointer, _ link: LinkPointer, _ id: UInt64, milliseconds: UInt64) {
    guard let c = link.pointee.slot(id)?.pointee.order?.pointee.connection else { return }
    if milliseconds == 0 { return session(of: c).pointee.herd.leases.ended() }
    gaveLease(w, c, until: w.pointee.herdNow + milliseconds)
  }

  /// The request that was asked again waits here.
  static func wait(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ slot: SlotPointer, _ ticket: WaitTicket
  ) {
    guard let order = slot.pointee.order else { return }
    w.pointee.seated[ticket.seat] = .slot(slot)
    beginWait(w, slot, order, .here(ticket, op.pointee.key.hash))
  }

  private static func beginWait(
    _ w: WorkerPointer, _ slot: SlotPointer, _ order: OrderPointer, _ wait: SlotWait
  ) {
    slot.pointee.wait = wait
    order.pointee.waitingSlots += 1
    order.pointee.isHolding = true
    let c = order.pointee.connection
    // Who ends its side while it waits is gone.
    Connection.awaitReplies(c, false)
    if c.pointee.inputHasEnded { Connection.doom(c) } else { Connection.park(c) }
    list(w, order)
  }

  /// The request waits no longer: it has its answer, or will be asked again.
  static func endWait(_ w: WorkerPointer, _ slot: SlotPointer) {
    guard let wait = slot.pointee.wait else { return }
    slot.pointee.wait = nil
    slot.pointee.request?.pointee.giveUpAt = PeerLinks.now + w.pointee.writeTimeout
    switch wait {
    case .there(let link, let id), .released(let link, let id): link.pointee.forget(id)
    case .here(let ticket, let hash): unseat(w, ticket, hash: hash)
    }
    guard let order = slot.pointee.order else { return }
    order.pointee.waitingSlots -= 1
    if order.pointee.waitingSlots == 0 { Connection.awaitReplies(order.pointee.connection, true) }
    list(w, order)
  }

  /// What became of the key that a request waits for here.
  static func answer(
    _ w: WorkerPointer, waiting slot: SlotPointer, _ ticket: WaitTicket?, _ verdict: Verdict
  ) {
    guard case .here(let own, let hash)? = slot.pointee.wait, ticket == nil || ticket == own else { return }
    endWait(w, slot)
    flushReplies(w)
    takeTime(w)
    w.pointee.verdict = verdict
    w.pointee.verdictHash = hash
    retry(w, slot)
    w.pointee.verdict = .none
    w.pointee.origin = nil
    w.pointee.hasResumed = true
  }

  /// The client holds a lease: nothing of it waits any longer.
  static func releaseSlots(_ w: WorkerPointer, _ order: OrderPointer) {
    for slot in order.pointee.waiting {
      switch slot.pointee.wait {
      case .there(let link, let id):
        slot.pointee.wait = .released(link, id)
        link.pointee.release(id, isGone: false)
        slot.pointee.asked = w.pointee.herdNow
        slot.pointee.deadline = w.pointee.herdNow + w.pointee.peerTimeout
      case .here:
        endWait(w, slot)
        w.pointee.retries.append(slot)
      default: break
      }
    }
    w.pointee.loop.pointee.mailbox.post(Message(kind: deliverMessage))
  }

  /// The client is gone: whoever keeps its requests hears of it.
  static func abandonWaiting(_ w: WorkerPointer, _ order: OrderPointer) {
    if order.pointee.waitingSlots == 0 { return }
    for slot in order.pointee.waiting {
      if case .there(let link, let id)? = slot.pointee.wait { link.pointee.release(id, isGone: true) }
      endWait(w, slot)
      slot.pointee.state = .complete
    }
    w.pointee.loop.pointee.mailbox.post(Message(kind: deliverMessage))
  }

  /// Another view: what waits at a node that is not ready any more is asked elsewhere, and what waits here looks anew whose it is.
  static func reconsiderWaiting(_ w: WorkerPointer, ready: NodeSet) {
    guard let links = w.pointee.links else { return }
    for node in 0..<w.pointee.nodeCount where !ready.contains(node) {
      guard let link = links[node] else { continue }
      for (id, slot) in link.pointee.waiting where slot.pointee.request != nil {
        link.pointee.release(id, isGone: true)
        endWait(w, slot)
        retryLater(w, slot)
      }
    }
    wakeParked(w, .none)
  }
}
