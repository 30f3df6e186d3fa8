import CHearth
import Glibc
import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Requests that were passed on to a node which may not answer them, or was lost: another one is asked. Nothing is ever begun twice.
extension Worker {
  /// Keeps the request until it is answered.
  static func keepRequest(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ slot: SlotPointer, isFragment: Bool
  ) {
    let request = UnsafeMutablePointer<SlotRequest>.allocate(capacity: 1)
    request.initialize(
      to: SlotRequest(
        pool: poolNumber(w, op), isFragment: isFragment, changes: !isRead(op),
        giveUpAt: w.pointee.herdNow + w.pointee.writeTimeout))
    slot.pointee.request = request
    if isFragment { return }
    let start = op.pointee.input.baseAddress.unsafelyUnwrapped + Int(op.pointee.at)
    if request.pointee.append(start, Int(op.pointee.length), w.pointee.server.pointee.budget) { return }
    slot.pointee.request = nil
    SlotRequest.free(request, w.pointee.server.pointee.budget)
  }

  /// The node that was asked does not answer. What only reads, or was never sent, is asked of another one.
  static func failOrRetry(
    _ w: WorkerPointer, _ link: LinkPointer, _ slot: SlotPointer, _ reason: StaticString, wasSent: Bool
  ) {
    if slot.pointee.feedAttempt != 0 { return takeFeedAnswer(w, link, slot, wasAnswered: false) }
    if slot.pointee.bumpRound != 0 { return takeBumpAnswer(w, link, slot, wasAnswered: false) }
    guard let request = slot.pointee.request, !slot.pointee.isBegun, !(request.pointee.changes && wasSent),
      slot.pointee.order != nil
    else { return fail(w, link, slot, reason) }
    link.pointee.failed &+= UInt64(slot.pointee.requests)
    request.pointee.failed.insert(link.pointee.node)
    retryLater(w, slot)
  }

  /// The request is asked again, as soon as this round is over or more is known.
  static func retryLater(_ w: WorkerPointer, _ slot: SlotPointer) {
    guard let order = slot.pointee.order else {
      return ReplySlot.free(slot, w.pointee.server.pointee.budget)
    }
    if slot.pointee.request == nil || slot.pointee.isBegun {
      return fail(w, slot, "SERVER_ERROR no ready copy of the key can be asked\r\n")
    }
    order.pointee.note(received: -slot.pointee.count)
    slot.pointee.removeBytes(w.pointee.server.pointee.budget)
    w.pointee.retries.append(slot)
  }

  /// Asks again. Not within a round.
  static func retryAll(_ w: WorkerPointer) {
    if w.pointee.retries.isEmpty { return }
    let retries = w.pointee.retries
    w.pointee.retries = []
    takeTime(w)
    for slot in retries { retry(w, slot) }
    w.pointee.origin = nil
    finishReplication(w)
    finishForwarding(w)
  }

  /// The time, outside a round.
  static func takeTime(_ w: WorkerPointer) {
    let now = hearth_monotonic_ns()
    w.pointee.herdNow = milliseconds(now)
    w.pointee.now = w.pointee.server.pointee.clock.seconds(at: now)
    w.pointee.wallMilliseconds = w.pointee.server.pointee.clock.milliseconds(at: now)
  }

  /// Asks again for what a slot is to hold.
  static func retry(_ w: WorkerPointer, _ slot: SlotPointer) {
    let budget = w.pointee.server.pointee.budget
    guard let order = slot.pointee.order, let request = slot.pointee.request else {
      return ReplySlot.free(slot, budget)
    }
    if w.pointee.herdNow > request.pointee.giveUpAt {
      return fail(w, slot, "SERVER_ERROR no ready copy of the key can be asked\r\n")
    }
    if split(w, slot, order, request) { return }
    ask(w, slot, order, request)
  }

  /// The text of a request, with its end.
  private static func text(_ request: UnsafeMutablePointer<SlotRequest>) -> [UInt8] {
    let bytes = UnsafeRawBufferPointer(start: request.pointee.bytes, count: request.pointee.count)
    return Array(bytes) + (request.pointee.isFragment ? [13, 10] : [])
  }

  /// The texts of the requests that were passed on together.
  private static func texts(
    _ slot: SlotPointer, _ request: UnsafeMutablePointer<SlotRequest>
  ) -> [[UInt8]] {
    let bytes = UnsafeRawBufferPointer(start: request.pointee.bytes, count: request.pointee.count)
    if !request.pointee.isFragment {
      if slot.pointee.requests == 1 { return [] }
      return bytes.split(separator: 10).map { Array($0) + [10] }
    }
    let words = bytes.split(separator: 32)
    let first = bytes[0] == 0x67 && bytes.count > 3 && bytes[1] == 0x61 ? 2 : 1
    return words[first...].map { word in words[..<first].flatMap { Array($0) + [32] } + Array(word) }
  }

  /// What one node had may be several nodes' now: each key is asked for by itself. False: there is only one.
  private static func split(
    _ w: WorkerPointer, _ slot: SlotPointer, _ order: OrderPointer,
    _ request: UnsafeMutablePointer<SlotRequest>
  ) -> Bool {
    let texts = texts(slot, request)
    if texts.count <= 1, !request.pointee.endsLine { return false }
    let budget = w.pointee.server.pointee.budget
    var last = slot
    var parts: [SlotPointer] = []
    for text in texts {
      let part = order.pointee.await(order, behind: last)
      let kept = UnsafeMutablePointer<SlotRequest>.allocate(capacity: 1)
      kept.initialize(
        to: SlotRequest(
          pool: request.pointee.pool, isFragment: request.pointee.isFragment,
          changes: request.pointee.changes,
          giveUpAt: request.pointee.giveUpAt))
      kept.pointee.failed = request.pointee.failed
      _ = text.withUnsafeBytes { kept.pointee.append($0.baseAddress.unsafelyUnwrapped, $0.count, budget) }
      part.pointee.request = kept
      last = part
      parts.append(part)
    }
    if request.pointee.endsLine {
      let end = order.pointee.await(order, behind: last)
      let text = Array("END\r\n".utf8)
      if end.pointee.append(text, text.count, budget) { order.pointee.note(received: text.count) }
      end.pointee.state = .complete
    }
    slot.pointee.state = .complete
    for part in parts { retry(w, part) }
    list(w, order)
    return true
  }

  private static func ask(
    _ w: WorkerPointer, _ slot: SlotPointer, _ order: OrderPointer,
    _ request: UnsafeMutablePointer<SlotRequest>
  ) {
    let text = text(request)
    text.withUnsafeBytes { bytes in
      let op = w.pointee.batch
      var parser = RequestParser()
      guard
        case .request = parser.next(bytes, at: 0, inlineLimit: SlotRequest.limit, &op.pointee.request)
      else { return fail(w, slot, "SERVER_ERROR the request is not whole\r\n") }
      op.pointee.input = bytes
      op.pointee.at = 0
      op.pointee.length = Int32(truncatingIfNeeded: bytes.count)
      op.pointee.frame = 0
      op.pointee.mayWait = false
      op.pointee.origin = UnsafeMutableRawPointer(order.pointee.connection)
      var stub = Session()
      stub.ownPool =
        request.pointee.pool == allPools ? nil : w.pointee.pools.pools + request.pointee.pool
      prepare(w, op, &stub)
      guard let rule = op.pointee.pool.pointee.replication else { return }
      let route = route(w, op, rule, failed: request.pointee.failed)
      if isLost(w, op, request, route) {
        return fail(w, slot, "SERVER_ERROR no ready copy of the key can be asked\r\n")
      }
      switch route {
      case .node(let node):
        guard let link = w.pointee.links?[node], link.pointee.refusal == nil else { return wait(w, slot) }
        send(w, slot, link, request, client(w, op))
      case .here: answerHere(w, op, slot, order, request)
      case .nowhere:
        // Those that failed before may be back.
        request.pointee.failed = NodeSet()
        wait(w, slot)
      case .tooFewCopies:
        fail(w, slot, "SERVER_ERROR fewer copies of the key are ready than min_ready asks for\r\n")
      }
    }
  }

  /// The pool has one copy, and the node that has the key has failed, is not ready, or has been asked for long enough.
  private static func isLost(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>,
    _ request: UnsafeMutablePointer<SlotRequest>, _ route: Route
  ) -> Bool {
    if isOrphaned(w, op) { return true }
    guard isSole(w, op.pointee.pool) else { return false }
    if route == .nowhere, !request.pointee.failed.isEmpty { return true }
    if case .node(let node) = route, w.pointee.links?[node]?.pointee.state == .down { return true }
    return w.pointee.herdNow + w.pointee.writeTimeout > request.pointee.giveUpAt + w.pointee.peerTimeout
  }

  private static func wait(_ w: WorkerPointer, _ slot: SlotPointer) { w.pointee.retries.append(slot) }

  private static func send(
    _ w: WorkerPointer, _ slot: SlotPointer, _ link: LinkPointer,
    _ request: UnsafeMutablePointer<SlotRequest>, _ client: LinkClient?
  ) {
    let time = request.pointee.changes ? w.pointee.writeTimeout : w.pointee.peerTimeout
    link.pointee.begin(
      slot, pool: request.pointee.pool,
      flags: request.pointee.isFragment ? PeerFrame.Flag.fragment : 0, client: client, now: w.pointee.herdNow,
      timeout: time)
    let text = text(request)
    text.withUnsafeBytes { link.pointee.append($0.baseAddress.unsafelyUnwrapped, $0.count) }
    link.pointee.end()
  }

  /// The key has become this node's to answer.
  private static func answerHere(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ slot: SlotPointer, _ order: OrderPointer,
    _ request: UnsafeMutablePointer<SlotRequest>
  ) {
    if hasLargeValue(w, op) {
      return fail(w, slot, "SERVER_ERROR the key has moved to this node: ask again\r\n")
    }
    w.pointee.origin = op.pointee.origin
    w.pointee.out = w.pointee.reply
    w.pointee.unacknowledged = PendingAcknowledgement()
    if request.pointee.isFragment { op.pointee.request.isLastKey = false }
    w.pointee.answeredSlot = slot
    if op.pointee.detour == .loading || op.pointee.detour == .fed {
      refuseInFedPool(w, op)
    } else {
      performReplicated(w, op)
    }
    w.pointee.answeredSlot = nil
    if slot.pointee.wait != nil { return }
    let budget = w.pointee.server.pointee.budget
    let count = w.pointee.out - w.pointee.reply
    if slot.pointee.append(w.pointee.reply, count, budget) {
      order.pointee.note(received: count)
    } else {
      Connection.doom(order.pointee.connection)
    }
    w.pointee.out = w.pointee.reply
    if !w.pointee.unacknowledged.isEmpty {
      slot.pointee.state = .held
      takeWait(w, .slot(slot))
    } else {
      slot.pointee.state = .complete
    }
    list(w, order)
  }

  /// A large value would be sent past the order of replies.
  private static func hasLargeValue(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    let locked = op.pointee.pool.pointee.pool.lock(op.pointee.key, now: w.pointee.now)
    return locked.item?.isLarge ?? false
  }

  /// A stream of this worker has something to do.
  static func lookAfter(_ w: WorkerPointer, stream node: Int) {
    guard let stream = w.pointee.replication?.streams[node], let c = stream.connection,
      c.pointee.loop == w.pointee.loop
    else { return }
    pump(w, stream)
  }
}
