import HearthHerd
import HearthNet
import HearthProtocol

/// Who a reader is to the lease tables, which know the clients of all nodes by name, and what it knows of its own leases.
extension Worker {
  /// What the names of a worker's connections begin with: 6 bits for the node, 6 for the worker, 52 for the connection. These begin with
  /// the time of the start in seconds and go up by one with each connection, so that none comes again after a restart.
  static func firstReader(node: Int, worker: Int, start: UInt64) -> UInt64 {
    UInt64(node & 63) << 58 | UInt64(worker & 63) << 52 | (start / 1_000_000_000) << 20 & (1 << 52 - 1)
  }

  /// The name of who asks, never used twice. 0: nobody can recognise him.
  @inline(__always)
  static func reader(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64 {
    if w.pointee.datagrams != nil { return 0 }
    if op.pointee.frame != 0 { return op.pointee.client }
    return readerName(w, op.pointee.origin.assumingMemoryBound(to: Connection.self))
  }

  static func readerName(_ w: WorkerPointer, _ c: ConnectionPointer) -> UInt64 {
    w.pointee.firstReader &+ c.pointee.number
  }

  /// The reader can be made to wait. What a frame has changed already is not held while the rest of it waits.
  static func mayPark(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    if w.pointee.datagrams != nil { return false }
    if op.pointee.frame == 0 { return op.pointee.mayWait || w.pointee.answeredSlot != nil }
    return op.pointee.client != 0 && w.pointee.unacknowledged.isEmpty
      && !w.pointee.server.pointee.budget.isExhausted
  }

  /// Where the reader waits, should it: with its connection, or in a seat that is taken then.
  static func seat(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64 {
    let worker = UInt64(w.pointee.index + 1) << 48
    if w.pointee.datagrams != nil { return worker }
    if op.pointee.frame == 0 && w.pointee.answeredSlot == nil {
      return worker | op.pointee.origin.assumingMemoryBound(to: Connection.self).pointee.number
    }
    w.pointee.seats &+= 1
    return 1 << 63 | worker | w.pointee.seats & (1 << 48 - 1)
  }

  /// The reader holds a lease, for all that is known here.
  static func holdsLease(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    if w.pointee.datagrams != nil { return false }
    if op.pointee.frame != 0 {
      return op.pointee.clientHoldsLease || w.pointee.leaseFrame == op.pointee.frame
    }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    return session(of: c).pointee.herd.leases.holds(now: w.pointee.herdNow)
  }

  /// The reader was given a lease.
  static func noteLease(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, until: UInt64) {
    if w.pointee.datagrams != nil { return }
    if op.pointee.frame == 0 {
      return gaveLease(w, op.pointee.origin.assumingMemoryBound(to: Connection.self), until: until)
    }
    if op.pointee.client == 0 { return }
    w.pointee.leaseFrame = op.pointee.frame
    let now = w.pointee.herdNow
    announceLease(w, op.pointee.frame, milliseconds: until > now ? until - now : 1)
  }

  /// A write of the reader has ended its lease.
  static func noteLeaseEnd(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.datagrams != nil { return }
    if op.pointee.frame != 0 { return announceLease(w, op.pointee.frame, milliseconds: 0) }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    session(of: c).pointee.herd.leases.ended()
  }

  /// A client of this node was given a lease, here or by another one. From now on nothing of it waits, or two could wait for each other.
  static func gaveLease(_ w: WorkerPointer, _ c: ConnectionPointer, until: UInt64) {
    let s = session(of: c)
    s.pointee.herd.leases.gave(until: until, now: w.pointee.herdNow)
    if let order = s.pointee.order, order.pointee.waitingSlots > 0 { releaseSlots(w, order) }
    if s.pointee.herd.ticket != nil {
      endHerdSession(w, c, s)
      goOn(c)
    }
  }

  /// The connection's requests go on, unless something else still keeps them.
  static func goOn(_ c: ConnectionPointer) {
    let s = session(of: c)
    let isHeld = s.pointee.order?.pointee.isHolding ?? false
    if s.pointee.herd.ticket == nil, !s.pointee.isStalled, !isHeld { Connection.unpark(c) }
  }
}
