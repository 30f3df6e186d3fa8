import CHearth
import Glibc
import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Requests for keys of other nodes: passed on as they came, their replies put where they belong among this node's own.
extension Worker {
  /// Replies can be told that came about outside a round.
  static let deliverMessage = EventLoop.firstOwnMessage + 6
  /// A request is passed on in one frame up to so many bytes; the rest of its value follows in parts of this size.
  private static let frameBytes = 64 << 10

  /// The request's key is another node's.
  @inline(never)
  static func forward(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.datagrams != nil {
      return report(w, "SERVER_ERROR the key is kept by another node: ask by TCP\r\n")
    }
    guard let link = w.pointee.links?[Int(op.pointee.node)] else { return dispatch(w, op) }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let order = openOrder(w, c)
    takeReplies(w, order)
    let isRetrieval = op.pointee.request.verb.rawValue <= Verb.gats.rawValue
    if op.pointee.request.verb.rawValue > Verb.gats.rawValue { order.pointee.openLine = 0 }
    PeerLinks.connectIfDown(w, link)
    if op.pointee.mayWait, order.pointee.isFull || link.pointee.isFull { return hold(w, op, c, order, link) }
    // With copies there will be another one to ask.
    let hasCopies = op.pointee.pool.pointee.replication != nil
    if hasCopies, op.pointee.mayWait, link.pointee.state == .down { return stall(w, op) }
    if isRetrieval { order.pointee.openLineIfNone() }
    if isRetrieval, link.pointee.hasFragment(order, line: order.pointee.openLine) {
      append(w, key: op, link)
    } else if let refusal = link.pointee.refusal {
      let slot = order.pointee.await(order)
      fail(w, link, slot, refusal)
    } else if isRetrieval {
      let slot = order.pointee.await(order)
      begin(w, op, link, slot, flags: PeerFrame.Flag.fragment)
      link.pointee.noteFragment(order, line: order.pointee.openLine)
      if hasCopies {
        keepRequest(w, op, slot, isFragment: true)
        link.pointee.noteFragment(slot.pointee.request)
      }
      appendCommand(w, op, link)
      append(w, key: op, link)
    } else {
      let slot = order.pointee.await(order)
      if hasCopies, Int(op.pointee.length) <= SlotRequest.limit {
        keepRequest(w, op, slot, isFragment: false)
      }
      passOn(w, op, link, slot)
    }
    if isRetrieval, op.pointee.request.isLastKey { endLine(w, order) }
    list(w, order)
  }

  /// The last key of a line is this node's: if others were not, the line ends here.
  @inline(never)
  static func endForwardedLine(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    guard op.pointee.request.isLastKey, w.pointee.datagrams == nil, op.pointee.frame == 0 else { return }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    guard let order = session(of: c).pointee.order, order.pointee.openLine != 0 else { return }
    // What was given back comes again.
    if session(of: c).pointee.wasHandedBack { return }
    takeReplies(w, order)
    order.pointee.openLine = 0
  }

  /// The line of a get broke off with an error, which stands alone.
  static func breakLine(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.datagrams != nil { return }
    let s = session(of: op.pointee.origin.assumingMemoryBound(to: Connection.self))
    s.pointee.isLineForwarded = false
    guard let order = s.pointee.order, order.pointee.openLine != 0 else { return }
    takeReplies(w, order)
    order.pointee.openLine = 0
  }

  private static func endLine(_ w: WorkerPointer, _ order: OrderPointer) {
    writeEnd(w)
    takeReplies(w, order)
    order.pointee.openLine = 0
  }

  static func begin(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ link: LinkPointer, _ slot: SlotPointer,
    flags: UInt8 = 0
  ) {
    link.pointee.begin(
      slot, pool: op.pointee.pool.pointee.index, flags: flags, now: w.pointee.herdNow,
      timeout: timeout(w, op))
  }

  /// A write of a pool with copies may have to wait until one that is lost is counted out.
  private static func timeout(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64 {
    op.pointee.pool.pointee.replication != nil && mayChange(op)
      ? w.pointee.writeTimeout : w.pointee.peerTimeout
  }

  /// The words before the keys of a line.
  private static func appendCommand(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ link: LinkPointer
  ) {
    switch op.pointee.request.verb {
    case .get: append(w, "get", link)
    case .gets: append(w, "gets", link)
    default:
      append(w, op.pointee.request.verb == .gat ? "gat " : "gats ", link)
      var text = "\(op.pointee.request.exptime)"
      text.withUTF8 { append(w, $0.baseAddress.unsafelyUnwrapped, $0.count, link) }
    }
  }

  private static func append(
    _ w: WorkerPointer, key op: UnsafeMutablePointer<Operation>, _ link: LinkPointer
  ) {
    append(w, " ", link)
    append(w, op.pointee.key.start, op.pointee.key.count, link)
  }

  private static func append(_ w: WorkerPointer, _ text: StaticString, _ link: LinkPointer) {
    append(w, text.utf8Start, text.utf8CodeUnitCount, link)
  }

  /// Appends to a fragment, and to what is kept of it.
  private static func append(
    _ w: WorkerPointer, _ bytes: UnsafeRawPointer, _ count: Int, _ link: LinkPointer
  ) {
    link.pointee.append(bytes, count)
    guard let request = link.pointee.fragmentRequest else { return }
    _ = request.pointee.append(bytes, count, w.pointee.server.pointee.budget)
  }

  /// A request as it came, with its value; a long one in parts.
  private static func passOn(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ link: LinkPointer, _ slot: SlotPointer
  ) {
    let start = op.pointee.input.baseAddress.unsafelyUnwrapped + Int(op.pointee.at)
    let length = Int(op.pointee.length)
    if length <= frameBytes {
      begin(w, op, link, slot)
      link.pointee.append(start, length)
      return link.pointee.end()
    }
    // The line alone, then the value with its end.
    let line = Int(op.pointee.request.data) - Int(op.pointee.at)
    begin(w, op, link, slot, flags: PeerFrame.Flag.open)
    link.pointee.append(start, line)
    var offset = line
    while offset < length {
      let part = min(frameBytes, length - offset)
      link.pointee.continueRequest(flags: offset + part < length ? PeerFrame.Flag.open : 0)
      link.pointee.append(start + offset, part)
      offset += part
    }
    link.pointee.end()
  }

  /// In place of a pool's number: all that the nodes keep together.
  static let allPools = Int(UInt16.max)

  /// Asks all other nodes to flush, and answers when they have; an error ends the answer. False: there is nobody to ask.
  static func flushElsewhere(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, pool: Int, delay: Int32
  ) -> Bool {
    guard let links = w.pointee.links, w.pointee.datagrams == nil else { return false }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let order = openOrder(w, c)
    takeReplies(w, order)
    order.pointee.openLine = 0
    order.pointee.openLineIfNone()
    for node in 0..<w.pointee.nodeCount {
      guard let link = links[node] else { continue }
      PeerLinks.connectIfDown(w, link)
      if link.pointee.state != .up, isCountedOut(w, node, pool: pool) { continue }
      let slot = order.pointee.await(order)
      if let refusal = link.pointee.refusal {
        fail(w, link, slot, refusal)
      } else {
        link.pointee.begin(slot, pool: pool, now: w.pointee.herdNow, timeout: w.pointee.peerTimeout)
        var text = "flush_all \(delay)\r\n"
        text.withUTF8 { link.pointee.append($0.baseAddress.unsafelyUnwrapped, $0.count) }
        link.pointee.end()
      }
    }
    if !op.pointee.request.noReply { answer(w, "OK\r\n") }
    takeReplies(w, order)
    order.pointee.openLine = 0
    list(w, order)
    return true
  }

  // ---- the order of replies

  /// The connection's replies are put in order from here on.
  static func openOrder(_ w: WorkerPointer, _ c: ConnectionPointer) -> OrderPointer {
    let s = session(of: c)
    if let order = s.pointee.order { return order }
    let order = OrderPointer.allocate(capacity: 1)
    order.initialize(to: ReplyOrder(c))
    // What has to be held is taken into the order.
    if w.pointee.unacknowledged.sequence == 0 { flushReplies(w) }
    s.pointee.order = order
    Connection.awaitReplies(c, true)
    return order
  }

  /// Puts what was written so far into the order.
  static func takeReplies(_ w: WorkerPointer, _ order: OrderPointer) {
    let count = w.pointee.out - w.pointee.reply
    if count == 0 { return }
    if w.pointee.unacknowledged.sequence != 0 { return holdReplies(w, order) }
    w.pointee.out = w.pointee.reply
    let c = order.pointee.connection
    if !order.pointee.append(w.pointee.reply, count, w.pointee.server.pointee.budget) { Connection.doom(c) }
    list(w, order)
    parkIfFull(w, order)
  }

  /// Further requests of a connection wait if too much of what they get is awaited.
  static func parkIfFull(_ w: WorkerPointer, _ order: OrderPointer) {
    if !order.pointee.isFull { return }
    order.pointee.isHolding = true
    w.pointee.originMustWait = true
    Connection.park(order.pointee.connection)
  }

  /// Something may be sent when the round ends.
  static func list(_ w: WorkerPointer, _ order: OrderPointer) {
    if order.pointee.isListed { return }
    order.pointee.isListed = true
    w.pointee.listedOrders.append(order)
  }

  /// Too much is awaited for this connection, or from the node: its further requests wait.
  private static func hold(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ c: ConnectionPointer, _ order: OrderPointer,
    _ link: LinkPointer
  ) {
    handBack(w, op)
    order.pointee.isHolding = true
    if link.pointee.isFull { order.pointee.awaitedLink = link }
    w.pointee.originMustWait = true
    Connection.park(c)
    list(w, order)
  }

  /// A request that is not for one key waits until all before it are answered. False: they are.
  static func holdUntilAnswered(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ c: ConnectionPointer
  ) -> Bool {
    guard let order = session(of: c).pointee.order else { return false }
    takeReplies(w, order)
    handBack(w, op)
    order.pointee.openLine = 0
    order.pointee.isHolding = true
    order.pointee.holdsToTheEnd = true
    w.pointee.originMustWait = true
    Connection.park(c)
    list(w, order)
    return true
  }

  /// A large value is for a node that has too much to do already: it waits in its connection.
  static func holdLarge(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ c: ConnectionPointer
  ) -> Bool {
    guard let link = w.pointee.links?[Int(op.pointee.node)], link.pointee.isFull else { return false }
    let order = openOrder(w, c)
    takeReplies(w, order)
    hold(w, op, c, order, link)
    return true
  }

  /// The answer is an error of this node.
  static func fail(_ w: WorkerPointer, _ link: LinkPointer, _ slot: SlotPointer, _ reason: StaticString) {
    link.pointee.failed &+= 1
    fail(
      w, slot,
      "SERVER_ERROR node \(w.pointee.server.pointee.cluster?.name(link.pointee.node) ?? "") \(reason)\r\n")
  }

  static func fail(_ w: WorkerPointer, _ slot: SlotPointer, _ text: String) {
    guard let order = slot.pointee.order else {
      return ReplySlot.free(slot, w.pointee.server.pointee.budget)
    }
    if slot.pointee.isSilent {
      slot.pointee.state = .complete
      return list(w, order)
    }
    if !slot.pointee.isBegun {
      order.pointee.note(received: -slot.pointee.count)
      slot.pointee.removeBytes(w.pointee.server.pointee.budget)
    }
    var text = text
    let count = text.utf8.count
    let fits = text.withUTF8 {
      slot.pointee.append($0.baseAddress.unsafelyUnwrapped, count, w.pointee.server.pointee.budget)
    }
    if fits { order.pointee.note(received: count) }
    slot.pointee.state = .failed
    list(w, order)
  }

  // ---- sending

  /// At the end of a round: what was passed on goes out, each node's in one piece, and what can be told is told.
  static func finishForwarding(_ w: WorkerPointer) {
    guard let links = w.pointee.links else { return }
    for node in 0..<w.pointee.nodeCount {
      if let link = links[node], link.pointee.used > 0 { PeerLinks.send(w, link) }
    }
    deliver(w)
  }

  /// Sends the replies whose turn has come.
  static func deliver(_ w: WorkerPointer) {
    while let order = w.pointee.listedOrders.popLast() {
      order.pointee.isListed = false
      if let link = order.pointee.awaitedLink {
        // Looked at again in every round, until the link has room.
        if link.pointee.isFull {
          w.pointee.waitingOrders.append(order)
        } else {
          order.pointee.awaitedLink = nil
        }
      }
      deliver(w, order)
    }
    while let order = w.pointee.waitingOrders.popLast() { list(w, order) }
  }

  private static func deliver(_ w: WorkerPointer, _ order: OrderPointer) {
    let c = order.pointee.connection
    let budget = w.pointee.server.pointee.budget
    order.pointee.drain(budget) { piece in
      switch piece {
      case .bytes(let start, let count):
        if count > copyLimit {
          sendCollected(w, c, more: true)
          Connection.send(c, start, count)
        } else {
          if w.pointee.out - w.pointee.reply > replySoftLimit { sendCollected(w, c, more: true) }
          memcpy(w.pointee.out, start, count)
          w.pointee.out += count
        }
      case .foreign(let bytes):
        sendCollected(w, c, more: true)
        Connection.send(c, bytes)
      case .broken:
        w.pointee.out = w.pointee.reply
        Connection.doom(c)
      }
    }
    sendCollected(w, c, more: false)
    let s = session(of: c)
    if order.pointee.isEmpty, order.pointee.openLine == 0, order.pointee.awaitedLink == nil {
      s.pointee.order = nil
      s.pointee.hasForwardedWrite = false
      let (closes, holds) = (order.pointee.closesAtEnd, order.pointee.isHolding)
      order.deallocate()
      Connection.awaitReplies(c, false)
      if closes || c.pointee.inputHasEnded {
        Connection.closeWhenDrained(c)
      } else if holds {
        Connection.unpark(c)
      }
    } else if order.pointee.isHolding, order.pointee.mayGoOn {
      order.pointee.isHolding = false
      Connection.unpark(c)
    }
    Connection.settle(c)
  }

  private static func sendCollected(_ w: WorkerPointer, _ c: ConnectionPointer, more: Bool) {
    let count = w.pointee.out - w.pointee.reply
    if count == 0 { return }
    w.pointee.out = w.pointee.reply
    Connection.send(c, w.pointee.reply, count, more: more)
  }

  /// The connection closes: what is still to come is nobody's.
  static func endOrder(_ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>) {
    guard let order = s.pointee.order else { return }
    s.pointee.order = nil
    order.pointee.abandon(w.pointee.server.pointee.budget)
    for node in 0..<w.pointee.nodeCount {
      if let link = w.pointee.links?[node], link.pointee.fragmentOrder == order { link.pointee.end() }
    }
    if order.pointee.isListed { w.pointee.listedOrders.removeAll { $0 == order } }
    w.pointee.waitingOrders.removeAll { $0 == order }
    order.deallocate()
  }
}
