import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthNet

/// A worker's connections to the other nodes: made, greeted, watched.
enum PeerLinks {
  /// Room for one to each other node that there may ever be.
  static func make() -> UnsafeMutablePointer<LinkPointer?> {
    let links = UnsafeMutablePointer<LinkPointer?>.allocate(capacity: NodeDirectory.limit)
    links.initialize(repeating: nil, count: NodeDirectory.limit)
    return links
  }

  /// Makes those to nodes that are new.
  static func extend(_ w: WorkerPointer) {
    guard let links = w.pointee.links, let cluster = w.pointee.server.pointee.cluster else { return }
    while w.pointee.nodeCount < cluster.directory.count {
      let node = w.pointee.nodeCount
      if node != cluster.configuration.own {
        let link = LinkPointer.allocate(capacity: 1)
        link.initialize(to: PeerLink(node: node))
        links[node] = link
      }
      w.pointee.nodeCount += 1
    }
  }

  /// Milliseconds of the monotonic clock.
  static var now: UInt64 { hearth_monotonic_ns() / 1_000_000 }
  /// Microseconds of it.
  static var microseconds: UInt64 { hearth_monotonic_ns() / 1000 }

  /// Connects, if there is no connection and it is time to try.
  static func connectIfDown(_ w: WorkerPointer, _ link: LinkPointer) {
    if link.pointee.state != .down { return }
    let now = now
    if now >= link.pointee.retryAt { connect(w, link, now) }
  }

  private static func connect(_ w: WorkerPointer, _ link: LinkPointer, _ now: UInt64) {
    guard let cluster = w.pointee.server.pointee.cluster else { return }
    guard let address = cluster.directory[link.pointee.node].address else {
      cluster.note(link.pointee.node, "its address cannot be found out")
      link.pointee.fall(now: now)
      return
    }
    guard let c = Connection.connect(address, tag: ClusterState.linkTag, w.pointee.loop) else {
      cluster.note(link.pointee.node, "cannot connect: \(String(cString: strerror(errno)))")
      link.pointee.fall(now: now)
      return
    }
    Connection.avoidPacing(c)
    let handshake = cluster.handshake
    let peer = UnsafeMutablePointer<PeerSession>.allocate(capacity: 1)
    peer.initialize(to: PeerSession(.outgoing, link: link, handshake, began: now))
    session(of: c).pointee.peer = peer
    Connection.setMayBeSilent(c, true)
    c.pointee.readsWhileWriting = true
    c.pointee.receiveLimit = PeerLink.receiveLimit
    link.pointee.connection = c
    link.pointee.handshake = handshake
    link.pointee.state = .greeting
    link.pointee.began = now
    link.pointee.heard = now
    send(c, .hello, handshake.hello)
    Connection.settle(c)
  }

  /// Sends a frame of the handshake.
  static func send(_ c: ConnectionPointer, _ kind: PeerFrame.Kind, _ payload: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: PeerFrame.headerSize) + payload
    bytes.withUnsafeMutableBytes { raw in
      let start = raw.baseAddress.unsafelyUnwrapped
      PeerFrame(kind, length: payload.count).write(to: start)
      Connection.send(c, start, raw.count)
    }
  }

  /// Sends what was passed on in this round.
  static func send(_ w: WorkerPointer, _ link: LinkPointer) {
    link.pointee.end()
    guard link.pointee.state == .up, let c = link.pointee.connection else { return }
    Connection.send(c, link.pointee.frames, link.pointee.used)
    link.pointee.forgetFrames()
    Connection.settle(c)
  }

  /// What another node sent over a connection that this one has made.
  static func receive(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>,
    _ input: UnsafeRawBufferPointer
  ) {
    guard let link = peer.pointee.link else { return Connection.doom(c) }
    var offset = 0
    while offset < input.count {
      switch link.pointee.reader.next(input, &offset) {
      case .nothing: return
      case .reply(let bytes, let isEnd) where link.pointee.state == .up: take(w, link, bytes, isEnd: isEnd)
      case .other(let payload) where link.pointee.reader.isNotice && link.pointee.state == .up:
        takeNotice(w, link, payload)
      case .other(let payload): greet(w, c, link, link.pointee.reader.frame.kind, payload)
      case .wrong, .reply:
        link.pointee.trouble = "it does not speak the language of nodes"
        return Connection.doom(c)
      }
    }
  }

  /// The node says what becomes of a request before it is answered.
  private static func takeNotice(_ w: WorkerPointer, _ link: LinkPointer, _ payload: [UInt8]) {
    let frame = link.pointee.reader.frame
    guard payload.count == PeerFrame.wordSize else { return }
    let word = UInt64(littleEndian: payload.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    let milliseconds = min(word, 1 << 40)
    link.pointee.heard = w.pointee.herdNow
    if frame.kind == .parked { Worker.noteParked(w, link, frame.id, milliseconds: milliseconds) }
    if frame.kind == .lease { Worker.noteLease(w, link, frame.id, milliseconds: milliseconds) }
  }

  private static func take(
    _ w: WorkerPointer, _ link: LinkPointer, _ bytes: UnsafeRawBufferPointer, isEnd: Bool
  ) {
    let frame = link.pointee.reader.frame
    link.pointee.heard = w.pointee.herdNow
    guard let slot = link.pointee.slot(frame.id) else { return }
    let budget = w.pointee.server.pointee.budget
    if slot.pointee.bumpRound | slot.pointee.feedAttempt != 0 {
      if let start = bytes.baseAddress { _ = slot.pointee.append(start, bytes.count, budget) }
      if !isEnd { return }
      link.pointee.forget(frame.id)
      if slot.pointee.feedAttempt != 0 { return Worker.takeFeedAnswer(w, link, slot, wasAnswered: true) }
      return Worker.takeBumpAnswer(w, link, slot, wasAnswered: true)
    }
    let isWhole = isEnd && frame.flags & (PeerFrame.Flag.more | PeerFrame.Flag.refused) == 0
    if let order = slot.pointee.order, bytes.count > 0, let start = bytes.baseAddress {
      if isWhole, order.pointee.awaitsOnly(slot) {
        Connection.send(order.pointee.connection, start, bytes.count)
      } else if slot.pointee.append(start, bytes.count, budget) {
        order.pointee.note(received: bytes.count)
      } else {
        Connection.doom(order.pointee.connection)
      }
      if order.pointee.isHoarding, budget.inUse > 2 * budget.limit {
        Connection.doom(order.pointee.connection)
      }
      slot.pointee.received &+= bytes.count
      Worker.list(w, order)
    }
    if !isEnd || frame.flags & PeerFrame.Flag.more != 0 {
      // A long answer takes its time.
      slot.pointee.deadline = w.pointee.herdNow + w.pointee.peerTimeout
      return
    }
    if slot.pointee.wait != nil { Worker.endWait(w, slot) } else { link.pointee.forget(frame.id) }
    guard let order = slot.pointee.order else {
      return ReplySlot.free(slot, budget)
    }
    if frame.flags & PeerFrame.Flag.refused != 0 {
      // It is not that node's to answer: another one is asked when more is known.
      return Worker.retryLater(w, slot)
    }
    order.pointee.learn(from: slot)
    if order.pointee.hasLearnt { w.pointee.unproven -= order.pointee.takeUnproven() }
    slot.pointee.state = .complete
    Worker.list(w, order)
  }

  private static func greet(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ link: LinkPointer, _ kind: PeerFrame.Kind,
    _ payload: [UInt8]
  ) {
    guard let cluster = w.pointee.server.pointee.cluster, let handshake = link.pointee.handshake else {
      return
    }
    switch kind {
    case .challenge:
      do throws(PeerHandshake.Refusal) {
        let name = cluster.name(link.pointee.node)
        let answer = try Self.answer(handshake, payload, name)
        send(c, .proof, answer)
      } catch {
        link.pointee.trouble = error.description
        Connection.doom(c)
      }
    case .welcome:
      link.pointee.rise()
      w.pointee.unreachable.remove(link.pointee.node)
      cluster.note(link.pointee.node, "")
      send(w, link)
      Worker.tellNumbers(w)
    case .goodbye:
      link.pointee.trouble = String(decoding: payload.prefix(200), as: UTF8.self)
      Connection.doom(c)
    default:
      link.pointee.trouble = "it does not speak the language of nodes"
      Connection.doom(c)
    }
  }

  private static func answer(
    _ handshake: PeerHandshake, _ payload: [UInt8], _ name: String
  ) throws(PeerHandshake.Refusal) -> [UInt8] {
    let result = payload.withUnsafeBytes { bytes in
      Result { () throws(PeerHandshake.Refusal) in try handshake.answer(bytes, from: name) }
    }
    return try result.get()
  }

  /// The connection has ended: everything that it owed is answered here.
  static func lose(_ w: WorkerPointer, _ link: LinkPointer) {
    // The daemon ends: nobody is told.
    if w.pointee.loop.pointee.isEnding { return }
    let trouble = link.pointee.trouble.isEmpty ? "it cannot be reached" : link.pointee.trouble
    w.pointee.server.pointee.cluster?.note(link.pointee.node, trouble)
    // Before the nodes have greeted each other nothing is sent.
    let wasUp = link.pointee.state == .up
    link.pointee.fall(now: now)
    w.pointee.unreachable.insert(link.pointee.node)
    while let (id, slot) = link.pointee.oldest {
      link.pointee.forget(id)
      Worker.failOrRetry(w, link, slot, "is unreachable", wasSent: wasUp)
    }
    for (_, slot) in link.pointee.waiting {
      Worker.endWait(w, slot)
      Worker.failOrRetry(w, link, slot, "is unreachable", wasSent: true)
    }
    // Not within a round there is nobody who tells the clients.
    w.pointee.loop.pointee.mailbox.post(Message(kind: Worker.deliverMessage))
  }

  /// Ten times a second: connects anew, and gives up what takes too long.
  static func tick(_ w: WorkerPointer) {
    guard let links = w.pointee.links, let cluster = w.pointee.server.pointee.cluster else { return }
    extend(w)
    let now = now
    let wanted = cluster.directory.wanted
    for node in 0..<w.pointee.nodeCount {
      guard let link = links[node] else { continue }
      switch link.pointee.state {
      case .down: if now >= link.pointee.retryAt, wanted.contains(node) { connect(w, link, now) }
      case .greeting:
        if now - link.pointee.began > PeerLink.greetingTime, let c = link.pointee.connection {
          link.pointee.trouble = "it does not answer"
          Connection.doom(c)
          Connection.settle(c)
        }
      case .up: break
      }
      giveUp(w, link, now)
    }
    Worker.retryAll(w)
    Worker.deliver(w)
  }

  private static func giveUp(_ w: WorkerPointer, _ link: LinkPointer, _ now: UInt64) {
    var isSilent = false
    while let (id, slot) = link.pointee.oldest, slot.pointee.deadline <= now {
      // Nothing has come since it was asked: the node hangs, or the way to it is cut.
      if link.pointee.heard <= slot.pointee.asked { isSilent = true }
      link.pointee.forget(id)
      Worker.failOrRetry(w, link, slot, "does not answer", wasSent: true)
    }
    for (id, slot) in link.pointee.waiting where slot.pointee.deadline <= now {
      if link.pointee.heard <= slot.pointee.asked { isSilent = true }
      link.pointee.release(id, isGone: true)
      Worker.endWait(w, slot)
      Worker.failOrRetry(w, link, slot, "does not answer", wasSent: true)
    }
    guard isSilent, link.pointee.state == .up, let c = link.pointee.connection else { return }
    link.pointee.trouble = "it does not answer"
    Connection.doom(c)
    Connection.settle(c)
  }
}
