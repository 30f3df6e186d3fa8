import CHearth
import Glibc
import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Writes of pools with several copies: their replies are held until the other copies have them.
extension Worker {
  /// Other nodes have acknowledged something.
  static let acknowledgedMessage = EventLoop.firstOwnMessage + 7
  /// A stream of this worker has something to do; `number` is its node.
  static let streamMessage = EventLoop.firstOwnMessage + 8
  /// The control has decided; `pointer` is the ruling.
  static let rulingMessage = EventLoop.firstOwnMessage + 9

  /// The request that was executed may have changed its key: its reply, and those behind it, wait for the other owners.
  @inline(__always)
  static func noteChange(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    let sequence = Journal.takeSequence()
    if sequence == 0 { return }
    noteChange(w, sequence, op.pointee.owners, op.pointee.pool)
    w.pointee.unacknowledged.isSilent = op.pointee.request.noReply
  }

  static func noteChange(
    _ w: WorkerPointer, _ sequence: UInt64, _ owners: NodeSet, _ pool: UnsafeMutablePointer<ServerPool>
  ) {
    guard let rule = pool.pointee.replication, let ruling = w.pointee.ruling,
      let replication = w.pointee.replication
    else { return }
    w.pointee.hasChanges = true
    let outcome = ruling.pointee.outcome(
      sequence, owners, minimumReady: rule.pointee.minimumReady, isAsync: rule.pointee.isAsync,
      now: w.pointee.herdNow, replication)
    if outcome == .acknowledged { return }
    w.pointee.unacknowledged.sequence = max(w.pointee.unacknowledged.sequence, sequence)
    w.pointee.unacknowledged.owners = w.pointee.unacknowledged.owners.union(owners)
    w.pointee.unacknowledged.minimumReady = max(
      w.pointee.unacknowledged.minimumReady, rule.pointee.minimumReady)
    if !rule.pointee.isAsync { w.pointee.unacknowledged.isAsync = false }
  }

  static func takeWait(_ w: WorkerPointer, _ reply: WriteWait.Reply) {
    let pending = w.pointee.unacknowledged
    w.pointee.unacknowledged = PendingAcknowledgement()
    w.pointee.waits.append(
      WriteWait(
        sequence: pending.sequence, owners: pending.owners, minimumReady: pending.minimumReady,
        isAsync: pending.isAsync, bumps: pending.bumps, isSilent: pending.isSilent,
        deadline: w.pointee.herdNow + w.pointee.writeTimeout, reply: reply))
  }

  /// The replies that were collected for a client are held.
  @inline(never)
  static func holdReplies(_ w: WorkerPointer, _ c: ConnectionPointer) {
    holdReplies(w, openOrder(w, c))
  }

  static func holdReplies(_ w: WorkerPointer, _ order: OrderPointer) {
    let count = w.pointee.out - w.pointee.reply
    let c = order.pointee.connection
    let slot = order.pointee.hold(order)
    if slot.pointee.append(w.pointee.reply, count, w.pointee.server.pointee.budget) {
      order.pointee.note(received: count)
    } else {
      Connection.doom(c)
    }
    w.pointee.out = w.pointee.reply
    takeWait(w, .slot(slot))
    parkIfFull(w, order)
  }

  /// The frame that was just completed is held.
  @inline(never)
  static func holdFrame(_ w: WorkerPointer, _ start: UnsafeMutableRawPointer, _ c: ConnectionPointer) {
    let count = w.pointee.out - start
    w.pointee.out = start
    guard let memory = malloc(count) else { return Connection.doom(c) }
    memcpy(memory, start, count)
    takeWait(w, .frame(memory, count, c))
  }

  /// At the end of a round: the keepers learn of changes, and replies go out that need not wait any more.
  static func finishReplication(_ w: WorkerPointer) {
    if w.pointee.hasBumps { passBumpsOn(w) }
    if w.pointee.hasChanges {
      w.pointee.hasChanges = false
      tellKeepers(w)
    }
    while let stream = w.pointee.listedStreams.popLast() { pump(w, stream) }
    if !w.pointee.waits.isEmpty { releaseReplies(w) }
  }

  private static func tellKeepers(_ w: WorkerPointer) {
    guard let replication = w.pointee.replication else { return }
    for case let stream? in replication.knownStreams {
      if let c = stream.connection, c.pointee.loop == w.pointee.loop {
        if stream.cursor != nil { listStream(w, stream) }
      } else {
        wakeKeeper(w.pointee.server, stream)
      }
    }
  }

  /// Makes the worker that has a stream look after it. Any thread.
  static func wakeKeeper(_ server: UnsafeMutablePointer<ServerState>, _ stream: PeerStream) {
    guard let keeper = stream.keeperToWake() else { return }
    server.pointee.workers[keeper].pointee.loop.pointee.mailbox.post(
      Message(kind: streamMessage, number: stream.node))
  }

  /// The stream is looked after at the end of this round.
  static func listStream(_ w: WorkerPointer, _ stream: PeerStream) {
    if !w.pointee.listedStreams.contains(where: { $0 === stream }) { w.pointee.listedStreams.append(stream) }
  }

  /// Workers other than this one that hold replies look again.
  static func wakeWaiters(_ w: WorkerPointer, _ replication: Replication) {
    let server = w.pointee.server
    for i in 0..<server.pointee.workerCount where i != w.pointee.index {
      // The first bit: it was woken already.
      let waiting = hearth_atomic_add64(replication.waiting + i, 0)
      if waiting == 0 || waiting & 1 != 0 { continue }
      if hearth_atomic_cas64(replication.waiting + i, waiting, waiting | 1) == 0 { continue }
      server.pointee.workers[i].pointee.loop.pointee.mailbox.post(Message(kind: acknowledgedMessage))
    }
  }

  /// Sends the held replies that need not wait any more.
  static func releaseReplies(_ w: WorkerPointer) {
    // Told first, so that an acknowledgement which comes after the look below wakes this worker.
    noteWaiting(w)
    let now = PeerLinks.now
    var decided: [(wait: WriteWait, outcome: WaitOutcome)] = []
    w.pointee.waits.removeAll { wait in
      var outcome = outcome(w, of: wait, now: now)
      if outcome == .waits, now >= wait.deadline { outcome = .lost }
      if outcome == .waits { return false }
      decided.append((wait, outcome))
      return true
    }
    noteWaiting(w)
    // A connection that closes takes what is held for it along, so that comes when nothing here is left to do.
    var settled: [ConnectionPointer] = []
    for (wait, outcome) in decided {
      guard let c = release(w, wait, outcome) else { continue }
      if settled.last != c, !settled.contains(c) { settled.append(c) }
    }
    for c in settled { Connection.settle(c) }
  }

  private static func outcome(_ w: WorkerPointer, of wait: WriteWait, now: UInt64) -> WaitOutcome {
    var sequence = wait.sequence
    for ticket in wait.bumps {
      switch ticket.outcome {
      case .waits: return .waits
      case .failed, .moved: return .lost
      case .taken: sequence = max(sequence, ticket.sequence)
      }
    }
    if sequence == 0 { return .acknowledged }
    guard let ruling = w.pointee.ruling, let replication = w.pointee.replication else { return .waits }
    return ruling.pointee.outcome(
      sequence, wait.owners, minimumReady: wait.minimumReady, isAsync: wait.isAsync, now: now, replication)
  }

  private static func noteWaiting(_ w: WorkerPointer) {
    guard let replication = w.pointee.replication else { return }
    let word = replication.waiting + w.pointee.index
    hearth_atomic_store64(word, UInt64(w.pointee.waits.count) << 1)
    _ = hearth_atomic_add64(word, 0)
  }

  /// Returns the connection that is to be settled, if there is one.
  private static func release(
    _ w: WorkerPointer, _ wait: WriteWait, _ outcome: WaitOutcome
  ) -> ConnectionPointer? {
    switch wait.reply {
    case .feed(let name):
      finishOwnPart(w, name, isAcknowledged: outcome == .acknowledged)
      return nil
    case .slot(let slot):
      guard let order = slot.pointee.order else {
        // The client is gone.
        ReplySlot.free(slot, w.pointee.server.pointee.budget)
        return nil
      }
      slot.pointee.state = .complete
      if outcome == .lost, !wait.bumps.isEmpty {
        fail(w, slot, failure(w, of: wait))
        return nil
      }
      if outcome == .lost {
        // Nobody can say whether the write stays, and the client takes a lost connection for just that.
        Connection.doom(order.pointee.connection)
        return order.pointee.connection
      }
      list(w, order)
      return nil
    case .frame(let memory, let count, let c):
      if outcome == .acknowledged || wait.isSilent {
        Connection.send(c, memory, count)
      } else {
        sendFailure(c, memory, failure(w, of: wait))
      }
      free(memory)
      return c
    }
  }

  private static func failure(_ w: WorkerPointer, of wait: WriteWait) -> String {
    if wait.bumps.isEmpty { return "SERVER_ERROR the copies could not be written in time\r\n" }
    for ticket in wait.bumps {
      switch ticket.outcome {
      case .failed(let node?):
        let name = w.pointee.server.pointee.cluster?.name(node) ?? ""
        return "SERVER_ERROR node \(name) could not be told of the bump in time\r\n"
      case .moved: return "SERVER_ERROR another node numbers the bumps by now: bump the group again\r\n"
      default: break
      }
    }
    return "SERVER_ERROR not all nodes could be told of the bump in time\r\n"
  }

  private static func sendFailure(
    _ c: ConnectionPointer, _ memory: UnsafeMutableRawPointer, _ failure: String
  ) {
    guard let frame = PeerFrame(memory) else { return }
    let text = Array(failure.utf8)
    var bytes = [UInt8](repeating: 0, count: PeerFrame.headerSize) + text
    bytes.withUnsafeMutableBytes {
      PeerFrame(.reply, id: frame.id, length: text.count).write(to: $0.baseAddress.unsafelyUnwrapped)
    }
    Connection.send(c, bytes, bytes.count)
  }

  /// A connection of another node ends: nobody gets what is held for it.
  static func dropHeldFrames(_ w: WorkerPointer, _ c: ConnectionPointer) {
    w.pointee.waits.removeAll { wait in
      guard case .frame(let memory, _, let connection) = wait.reply, connection == c else { return false }
      free(memory)
      return true
    }
  }

  /// The control has decided: nothing of this worker goes by the old ruling any more.
  static func take(_ w: WorkerPointer, _ ruling: UnsafeMutableRawPointer?) {
    guard let ruling else { return }
    // It may name nodes that are new.
    PeerLinks.extend(w)
    let view = w.pointee.ruling?.pointee.view
    let next = RulingPointer(ruling.assumingMemoryBound(to: Ruling.self))
    w.pointee.ruling = next
    if next.pointee.view != view {
      reconsiderWaiting(w, ready: next.pointee.ready)
      renumberBumps(w)
      abandonFeeds(w)
    }
    unstall(w)
    retryAll(w)
    finishReplication(w)
    finishForwarding(w)
    w.pointee.server.pointee.cluster?.control?.rulingTaken()
  }
}
