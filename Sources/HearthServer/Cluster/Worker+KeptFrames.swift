import Glibc
import HearthCluster
import HearthHerd
import HearthNet
import HearthProtocol

/// Requests that other nodes have passed on and whose readers have to wait for a key. They wait here, at the key's primary, whatever node their
/// clients came by; other requests of the same connection are not delayed.
extension Worker {
  /// The request waits at this key: it is kept from here on, and what it holds before the key is answered.
  static func keep(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ ticket: WaitTicket) {
    closeFrame(w, more: true)
    guard let kept = makeKept(w, op, ticket) else {
      withdraw(w, ticket, hash: op.pointee.key.hash)
      return Connection.doom(op.pointee.origin.assumingMemoryBound(to: Connection.self))
    }
    w.pointee.seated[ticket.seat] = .frame(kept)
    w.pointee.keptFrame = op.pointee.frame
    announceParked(w, op)
  }

  /// The client has a request here that waits: this one is executed behind it. False: it has none.
  static func keepBehind(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    guard op.pointee.client != 0, let peer = session(of: c).pointee.peer,
      let first = peer.pointee.keptClients[op.pointee.client], !w.pointee.server.pointee.budget.isExhausted
    else { return false }
    guard let kept = makeKept(w, op, nil) else {
      Connection.doom(c)
      return true
    }
    var last = first
    while let next = last.pointee.next { last = next }
    last.pointee.next = kept
    w.pointee.keptFrame = op.pointee.frame
    announceParked(w, op)
    return true
  }

  private static func makeKept(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ ticket: WaitTicket?
  ) -> KeptFramePointer? {
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    guard let peer = session(of: c).pointee.peer else { return nil }
    let isRetrieval = op.pointee.request.verb.rawValue <= Verb.gats.rawValue
    let pool = op.pointee.isForOwnPool ? op.pointee.pool.pointee.index : allPools
    let frame = PeerFrame(
      .request, id: op.pointee.frame, pool: UInt16(truncatingIfNeeded: pool),
      flags: (op.pointee.isFragment ? PeerFrame.Flag.fragment : 0)
        | (op.pointee.clientHoldsLease ? PeerFrame.Flag.holder : 0))
    let budget = w.pointee.server.pointee.budget
    let kept = KeptFramePointer.allocate(capacity: 1)
    kept.initialize(
      to: KeptFrame(c, frame, client: op.pointee.client, ticket: ticket, hash: op.pointee.key.hash, budget))
    kept.pointee.isRead = isRetrieval || isRead(op)
    var start = Int(op.pointee.at)
    var fits = true
    // Of a line what is left begins with its command, too.
    if isRetrieval {
      var command = command(op.pointee.request)
      fits = command.withUTF8 { kept.pointee.append(UnsafeRawBufferPointer($0), budget) }
      start = Int(op.pointee.request.key.start)
    }
    let rest = UnsafeRawBufferPointer(rebasing: op.pointee.input[start...])
    guard fits, kept.pointee.append(rest, budget) else {
      KeptFrame.free(kept, budget)
      return nil
    }
    peer.pointee.kept[frame.id] = kept
    if peer.pointee.keptClients[op.pointee.client] == nil {
      peer.pointee.keptClients[op.pointee.client] = kept
    }
    w.pointee.keptFrames += 1
    return kept
  }

  /// The words of a retrieval before its keys.
  private static func command(_ request: Request) -> String {
    switch request.verb {
    case .gets: "gets "
    case .gat: "gat \(request.exptime) "
    case .gats: "gats \(request.exptime) "
    default: "get "
    }
  }

  // ---- going on

  /// A request is executed again, and if it is done those of its client behind it.
  static func resume(_ w: WorkerPointer, _ first: KeptFramePointer, _ verdict: Verdict) {
    let c = first.pointee.connection
    guard let peer = session(of: c).pointee.peer else { return }
    takeTime(w)
    if !w.pointee.resumed.contains(c) { w.pointee.resumed.append(c) }
    let client = first.pointee.client
    if let ticket = first.pointee.ticket { unseat(w, ticket, hash: first.pointee.hash) }
    peer.pointee.keptClients[client] = nil
    w.pointee.verdict = verdict
    w.pointee.verdictHash = first.pointee.hash
    var next: KeptFramePointer? = first
    while let kept = next {
      next = kept.pointee.next
      peer.pointee.kept[kept.pointee.frame.id] = nil
      w.pointee.keptFrames -= 1
      if !kept.pointee.isDropped {
        parseFrame(w, c, peer, kept.pointee.frame, client: client, kept.pointee.text)
        execute(w)
      }
      w.pointee.verdict = .none
      KeptFrame.free(kept, w.pointee.server.pointee.budget)
      if let again = peer.pointee.keptClients[client] {
        again.pointee.next = next
        return
      }
    }
  }

  /// A seat is free again, and the reader's place in the queue.
  static func unseat(_ w: WorkerPointer, _ ticket: WaitTicket, hash: UInt64) {
    w.pointee.seated[ticket.seat] = nil
    withdraw(w, ticket, hash: hash)
  }

  /// Sends what came of requests that were executed again outside a round.
  static func finishResumed(_ w: WorkerPointer) {
    if w.pointee.resumed.isEmpty && !w.pointee.hasResumed { return }
    w.pointee.hasResumed = false
    flushReplies(w)
    w.pointee.origin = nil
    finishReplication(w)
    finishForwarding(w)
    while let c = w.pointee.resumed.popLast() { Connection.settle(c) }
  }

  /// The other node says that a request that waits must not: its client holds a lease by now, or is gone.
  static func release(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>, _ frame: PeerFrame
  ) {
    execute(w)
    guard let kept = peer.pointee.kept[frame.id] else { return }
    kept.pointee.frame.flags |= PeerFrame.Flag.holder
    // Nobody is told to compute a value who is gone.
    if kept.pointee.isRead, frame.flags & PeerFrame.Flag.gone != 0 { kept.pointee.isDropped = true }
    // Behind another one it has its turn when that is answered.
    if kept.pointee.ticket != nil { resume(w, kept, .none) }
  }

  /// The connection ends: nobody waits for what is kept for it.
  static func dropKept(_ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>)
  {
    w.pointee.resumed.removeAll { $0 == c }
    for (_, kept) in peer.pointee.kept {
      if let ticket = kept.pointee.ticket { unseat(w, ticket, hash: kept.pointee.hash) }
      KeptFrame.free(kept, w.pointee.server.pointee.budget)
      w.pointee.keptFrames -= 1
    }
    peer.pointee.kept = [:]
    peer.pointee.keptClients = [:]
  }

  // ---- notices

  /// Tells who has passed the request on that it waits, for so long at most.
  private static func announceParked(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    let wait = op.pointee.pool.pointee.rule?.pointee.coalesceWait ?? 0
    write(w, .parked, op.pointee.frame, wait, at: w.pointee.out)
    w.pointee.out += PeerFrame.headerSize + PeerFrame.wordSize
  }

  /// Tells who has passed the request on that its client was given a lease, or with 0 that one has ended. It goes before the reply, which
  /// may be held.
  static func announceLease(_ w: WorkerPointer, _ frame: UInt64, milliseconds: UInt64) {
    let size = PeerFrame.headerSize + PeerFrame.wordSize
    let start = w.pointee.openFrame ?? w.pointee.out
    memmove(start + size, start, w.pointee.out - start)
    write(w, .lease, frame, milliseconds, at: start)
    w.pointee.out += size
    if w.pointee.openFrame != nil { w.pointee.openFrame = start + size }
  }

  private static func write(
    _ w: WorkerPointer, _ kind: PeerFrame.Kind, _ id: UInt64, _ word: UInt64,
    at start: UnsafeMutableRawPointer
  ) {
    PeerFrame(kind, id: id, length: PeerFrame.wordSize).write(to: start)
    start.storeBytes(of: word.littleEndian, toByteOffset: PeerFrame.headerSize, as: UInt64.self)
  }
}
