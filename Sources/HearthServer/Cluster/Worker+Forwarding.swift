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
  private static let newline: UInt8 = 10
  private static let space: UInt8 = 32

  /// The request's key is another node's.
  @inline(never)
  static func forward(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    if w.pointee.datagrams != nil {
      return report(w, "SERVER_ERROR the key is kept by another node: ask by TCP\r\n")
    }
    guard let link = w.pointee.links?[Int(op.pointee.node)] else { return dispatch(w, op) }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let isLine = isReadLine(op)
    if continueFrame(w, op, c, link, isLine: isLine) { return }
    let order = openOrder(w, c)
    takeReplies(w, order)
    let isRetrieval = op.pointee.request.verb.rawValue <= Verb.gats.rawValue && !isLine
    if !isRetrieval { order.pointee.openLine = 0 }
    PeerLinks.connectIfDown(w, link)
    if op.pointee.mayWait, mustHold(w, order, link) { return hold(w, op, c, order, link) }
    // With copies there will be another one to ask.
    let hasCopies = op.pointee.pool.pointee.replication != nil
    if hasCopies, op.pointee.mayWait, link.pointee.state == .down, !isSole(w, op.pointee.pool) {
      return stall(w, op)
    }
    if isRetrieval { order.pointee.openLineIfNone() }
    if isRetrieval, link.pointee.hasFragment(order, line: order.pointee.openLine, pool: poolNumber(w, op)),
      let slot = link.pointee.fragmentSlot
    {
      append(w, key: op, link)
      order.pointee.ask(slot)
    } else if let refusal = link.pointee.refusal {
      let slot = order.pointee.await(order)
      slot.pointee.isSilent = op.pointee.request.noReply
      fail(w, link, slot, refusal)
    } else if isRetrieval {
      let slot = order.pointee.await(order)
      begin(w, op, link, slot, flags: PeerFrame.Flag.fragment)
      link.pointee.noteFragment(slot, order, line: order.pointee.openLine)
      if hasCopies {
        keepRequest(w, op, slot, isFragment: true)
        link.pointee.noteFragment(slot.pointee.request)
      }
      appendCommand(w, op, link)
      append(w, key: op, link)
      order.pointee.ask(slot)
    } else {
      let slot = order.pointee.await(order)
      slot.pointee.isSilent = op.pointee.request.noReply
      if hasCopies, Int(op.pointee.length) <= SlotRequest.limit {
        keepRequest(w, op, slot, isFragment: false)
      }
      passOn(w, op, link, slot)
      if isLine {
        link.pointee.noteRun(slot)
        order.pointee.ask(slot)
      }
    }
    if isRetrieval, op.pointee.request.isLastKey { endLine(w, order, link) }
    list(w, order)
  }

  /// Too much is awaited, or too much is collected by all together: then a connection asks for one thing at a time.
  private static func mustHold(_ w: WorkerPointer, _ order: OrderPointer, _ link: LinkPointer) -> Bool {
    order.pointee.isFull || link.pointee.isFull
      || !order.pointee.isEmpty && w.pointee.server.pointee.budget.isExhausted
  }

  /// The request is a whole line that only reads.
  @inline(__always)
  private static func isReadLine(_ op: UnsafeMutablePointer<Operation>) -> Bool {
    switch op.pointee.request.verb {
    case .get, .gets:
      let end = Int(op.pointee.at) &+ Int(op.pointee.length) &- 1
      return op.pointee.request.isLastKey && op.pointee.parser.isBetweenCommands
        && op.pointee.input[end] == newline
    case .metaGet: return isRead(op)
    default: return false
    }
  }

  /// The request goes into the frame that is open, behind what came before it from the same connection. False: it cannot.
  @inline(__always)
  private static func continueFrame(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ c: ConnectionPointer, _ link: LinkPointer,
    isLine: Bool
  ) -> Bool {
    // What this node answers itself stands between.
    if w.pointee.out != w.pointee.reply { return false }
    let pool = poolNumber(w, op)
    if isLine {
      guard let slot = link.pointee.run(c, pool: pool), let order = slot.pointee.order, order.pointee.mayAsk
      else { return false }
      let start = op.pointee.input.baseAddress.unsafelyUnwrapped + Int(op.pointee.at)
      let length = Int(op.pointee.length)
      link.pointee.append(start, length)
      link.pointee.noteForwarded()
      slot.pointee.requests &+= 1
      order.pointee.ask(slot)
      if let request = slot.pointee.request {
        _ = request.pointee.append(start, length, w.pointee.server.pointee.budget)
      }
      return true
    }
    let isLast = op.pointee.request.isLastKey
    guard op.pointee.request.verb.rawValue <= Verb.gats.rawValue, let order = link.pointee.fragmentOrder,
      order.pointee.connection == c,
      link.pointee.hasFragment(order, line: order.pointee.openLine, pool: pool), order.pointee.mayAsk,
      !isLast || link.pointee.mayEndLine(order), let slot = link.pointee.fragmentSlot
    else { return false }
    append(w, key: op, link)
    order.pointee.ask(slot)
    if isLast { endLine(w, order, link) }
    return true
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

  private static func endLine(_ w: WorkerPointer, _ order: OrderPointer, _ link: LinkPointer) {
    if w.pointee.out == w.pointee.reply, link.pointee.mayEndLine(order) {
      link.pointee.endLine()
    } else {
      writeEnd(w)
      takeReplies(w, order)
    }
    order.pointee.openLine = 0
  }

  static func begin(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ link: LinkPointer, _ slot: SlotPointer,
    flags: UInt8 = 0
  ) {
    link.pointee.begin(
      slot, pool: poolNumber(w, op), flags: flags, client: client(w, op),
      now: w.pointee.herdNow, timeout: timeout(w, op))
  }

  /// The client, where the pool's rules want to know who it is.
  @inline(__always)
  static func client(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> LinkClient? {
    if op.pointee.pool.pointee.rule == nil { return nil }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let holdsLease = session(of: c).pointee.herd.leases.holds(now: w.pointee.herdNow)
    return LinkClient(name: readerName(w, c), holdsLease: holdsLease)
  }

  /// A write of a pool with copies may have to wait until one that is lost is counted out.
  private static func timeout(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64 {
    op.pointee.pool.pointee.replication != nil && mayChange(op) ? patience(w, op) : w.pointee.peerTimeout
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
    // The space before it comes along.
    if op.pointee.request.key.start > 0,
      op.pointee.input[Int(op.pointee.request.key.start) - 1] == space
    {
      return append(w, op.pointee.key.start - 1, op.pointee.key.count + 1, link)
    }
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
      return link.pointee.append(start, length)
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

  /// What a frame says of the request's pool: of a group that is not named by a client of one pool, all that it may be in.
  static func poolNumber(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Int {
    if isForGroup(w, op),
      session(of: op.pointee.origin.assumingMemoryBound(to: Connection.self)).pointee.ownPool == nil
    {
      return allPools
    }
    return op.pointee.pool.pointee.index
  }

  // ---- the order of replies

  /// The connection's replies are put in order from here on.
  static func openOrder(_ w: WorkerPointer, _ c: ConnectionPointer) -> OrderPointer {
    let s = session(of: c)
    if let order = s.pointee.order { return order }
    let order = OrderPointer.allocate(capacity: 1)
    if let window = s.pointee.window {
      order.initialize(to: ReplyOrder(c, window))
    } else {
      let first = w.pointee.window.first(unproven: w.pointee.unproven)
      w.pointee.unproven += first.values
      order.initialize(to: ReplyOrder(c, first, unproven: first.values))
    }
    // What has to be held is taken into the order.
    if w.pointee.unacknowledged.isEmpty { flushReplies(w) }
    s.pointee.order = order
    Connection.awaitReplies(c, true)
    return order
  }

  /// Puts what was written so far into the order.
  static func takeReplies(_ w: WorkerPointer, _ order: OrderPointer) {
    let count = w.pointee.out - w.pointee.reply
    if count == 0 { return }
    if !w.pointee.unacknowledged.isEmpty { return holdReplies(w, order) }
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
    link.pointee.failed &+= UInt64(slot.pointee.requests)
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
    var text = String(repeating: text, count: Int(slot.pointee.requests))
    let count = text.utf8.count
    let fits = text.withUTF8 {
      slot.pointee.append($0.baseAddress.unsafelyUnwrapped, count, w.pointee.server.pointee.budget)
    }
    if fits { order.pointee.note(received: count) }
    slot.pointee.state = .failed
    list(w, order)
  }
}
