import CHearth
import Glibc
import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Requests that other nodes pass on: executed among the clients', each answered in frames with its number.
extension Worker {
  /// Connections of a worker that may be about to say who they are.
  private static let greetingLimit = 64

  /// A connection of another node begins, which has to say who it is first.
  static func openPeer(_ w: WorkerPointer, _ c: ConnectionPointer) {
    // They are let in whatever the limit of connections says.
    guard let cluster = w.pointee.server.pointee.cluster else { return Connection.doom(c) }
    if w.pointee.greetingPeers.count >= greetingLimit {
      cluster.noteStranger("too many are about to say who they are")
      return Connection.doom(c)
    }
    let peer = UnsafeMutablePointer<PeerSession>.allocate(capacity: 1)
    peer.initialize(to: PeerSession(.awaitsHello, link: nil, cluster.handshake, began: PeerLinks.now))
    session(of: c).pointee.peer = peer
    Connection.avoidPacing(c)
    // A link without requests is no idle client.
    Connection.setMayBeSilent(c, true)
    w.pointee.greetingPeers.append(c)
  }

  /// A connection between nodes ends.
  static func closePeer(_ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>)
  {
    if let link = peer.pointee.link { PeerLinks.lose(w, link) }
    if peer.pointee.stream != nil { StreamLinks.lose(w, c, peer) }
    dropHeldFrames(w, c)
    dropKept(w, c, peer)
    w.pointee.greetingPeers.removeAll { $0 == c }
    PeerSession.end(peer)
    peer.deinitialize(count: 1)
    peer.deallocate()
  }

  /// Closes those that do not say who they are. Ten times a second.
  static func tickPeers(_ w: WorkerPointer) {
    let now = PeerLinks.now
    for c in w.pointee.greetingPeers {
      guard let peer = session(of: c).pointee.peer, now - peer.pointee.began > PeerLink.greetingTime else {
        continue
      }
      w.pointee.server.pointee.cluster?.noteStranger("it does not say who it is")
      Connection.doom(c)
      Connection.settle(c)
    }
  }

  /// What came over a connection between nodes.
  static func receivePeer(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>,
    _ input: UnsafeRawBufferPointer
  ) {
    if peer.pointee.stage == .outgoing { return PeerLinks.receive(w, c, peer, input) }
    if peer.pointee.stage == .stream, let stream = peer.pointee.stream {
      return receiveStream(w, c, stream)
    }
    guard let start = input.baseAddress else { return }
    var offset = 0
    while input.count - offset >= PeerFrame.headerSize {
      guard let frame = PeerFrame(start + offset) else { return refusePeer(w, c, "that is no frame") }
      let end = offset + PeerFrame.headerSize + Int(frame.length)
      if end > input.count { break }
      let payload = UnsafeRawBufferPointer(rebasing: input[offset + PeerFrame.headerSize..<end])
      offset = end
      switch (frame.kind, peer.pointee.stage) {
      case (.request, .serves): take(w, c, peer, frame, payload)
      case (.data, .serves): takeData(w, c, peer, frame, payload)
      case (.bumps, .serves): takeBumps(w, c, frame, payload)
      case (.feed, .serves): takeFeed(w, c, frame, payload)
      case (.feedPart, .serves): takeFeedPart(w, c, peer, frame, payload)
      case (.feedState, .serves): takeFeedState(w, c, frame, payload)
      case (.feedWalk, .serves): takeFeedWalk(w, c, frame, payload)
      case (.release, .serves): release(w, c, peer, frame)
      case (.hello, .awaitsHello), (.proof, .awaitsProof): greet(w, c, peer, payload)
      case (.stream, .serves): StreamLinks.accept(w, c, peer)
      case (_, .connectsStream): StreamLinks.greet(w, c, peer, frame, payload)
      default: refusePeer(w, c, "it does not speak the language of nodes")
      }
      if c.pointee.isDoomed || c.pointee.closesWhenDrained { return }
      if peer.pointee.stage == .stream, let stream = peer.pointee.stream {
        stream.input.append(UnsafeRawBufferPointer(rebasing: input[offset...]))
        return receiveStream(w, c, stream)
      }
    }
    if offset < input.count { Connection.save(c, start + offset, input.count - offset) }
  }

  private static func greet(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>,
    _ payload: UnsafeRawBufferPointer
  ) {
    do throws(PeerHandshake.Refusal) {
      let handshake = peer.pointee.handshake
      if let greeting = peer.pointee.greeting {
        try handshake.check(payload, greeting)
        peer.pointee.stage = .serves
        c.pointee.receiveLimit = PeerLink.receiveLimit
        w.pointee.greetingPeers.removeAll { $0 == c }
        PeerLinks.send(c, .welcome, [])
      } else {
        let greeting = try handshake.greeting(payload)
        let challenge = try handshake.challenge(greeting)
        peer.pointee.greeting = greeting
        peer.pointee.stage = .awaitsProof
        PeerLinks.send(c, .challenge, challenge)
      }
    } catch {
      refusePeer(w, c, error.description)
    }
  }

  static func refusePeer(_ w: WorkerPointer, _ c: ConnectionPointer, _ reason: String) {
    let stage = session(of: c).pointee.peer?.pointee.stage
    if stage == .awaitsHello || stage == .awaitsProof {
      w.pointee.server.pointee.cluster?.noteStranger(reason)
    }
    execute(w)
    flushReplies(w)
    PeerLinks.send(c, .goodbye, Array(reason.utf8))
    Connection.closeWhenDrained(c)
  }

  /// Takes a request.
  private static func take(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>, _ frame: PeerFrame,
    _ payload: UnsafeRawBufferPointer
  ) {
    if payload.first == 0x66, payload.starts(with: "flush_all ".utf8) { return flush(w, c, frame, payload) }
    let isNamed = frame.flags & PeerFrame.Flag.client != 0
    let text = UnsafeRawBufferPointer(rebasing: payload.dropFirst(isNamed ? PeerFrame.wordSize : 0))
    guard Int(frame.pool) == allPools || Int(frame.pool) < w.pointee.pools.count, text.count > 0 else {
      return refusePeer(w, c, "a request is wrong")
    }
    let client = isNamed ? UInt64(littleEndian: payload.loadUnaligned(as: UInt64.self)) : 0
    parseFrame(w, c, peer, frame, client: client, text)
  }

  /// Parses a request into the batch. `client` is the name of who has sent it to the other node, 0: that was not said.
  static func parseFrame(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>, _ frame: PeerFrame,
    client: UInt64, _ payload: UnsafeRawBufferPointer
  ) {
    let isForAll = Int(frame.pool) == allPools
    withUnsafeMutablePointer(to: &peer.pointee.session) { s in
      s.pointee.ownPool = isForAll ? nil : w.pointee.pools.pools + Int(frame.pool)
      s.pointee.isPeer = true
      s.pointee.client = client
      s.pointee.parser = RequestParser()
      let isFragment = frame.flags & PeerFrame.Flag.fragment != 0
      if isFragment { w.pointee.counters.peerRequests &+= 1 }
      var offset = 0
      while offset < payload.count {
        if w.pointee.batchCount == batchSize { execute(w) }
        let op = w.pointee.batch + w.pointee.batchCount
        op.pointee.at = Int32(truncatingIfNeeded: offset)
        let step = s.pointee.parser.next(
          payload, at: offset, inlineLimit: w.pointee.inlineLimit, &op.pointee.request)
        guard case .request(let consumed) = step else { return refusePeer(w, c, "a request is not whole") }
        op.pointee.input = payload
        op.pointee.origin = UnsafeMutableRawPointer(c)
        op.pointee.frame = frame.id
        op.pointee.client = client
        op.pointee.isForOwnPool = !isForAll
        op.pointee.isFragment = isFragment
        op.pointee.clientHoldsLease = frame.flags & PeerFrame.Flag.holder != 0
        let line = offset
        offset += consumed
        if op.pointee.request.bodyFollows {
          return takeLarge(w, c, peer, s, op, frame, line: line, consumed: consumed, payload)
        }
        guard isBatched(op.pointee.request) else { return refusePeer(w, c, "a request is not for nodes") }
        prepare(w, op, s)
        op.pointee.endsFrame = offset == payload.count
        if isFragment {
          op.pointee.request.isLastKey = false
        } else {
          w.pointee.counters.peerRequests &+= 1
        }
        w.pointee.batchCount += 1
      }
    }
  }

  /// `flush_all` of pools that the nodes keep together; the answer is empty.
  private static func flush(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    let digits = payload.dropFirst(10).prefix { $0 > 32 }
    guard let delay = Int32(String(decoding: digits, as: UTF8.self)) else {
      return refusePeer(w, c, "a request is wrong")
    }
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    makeRoom(w)
    openFrame(w, frame.id)
    flushShared(w, pool: Int(frame.pool), delay: delay)
    endFrame(w)
  }

  // ---- large values

  /// A request with a value that is received into its place: some of it is here, the rest comes as data.
  private static func takeLarge(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>,
    _ s: UnsafeMutablePointer<Session>, _ op: UnsafeMutablePointer<Operation>, _ frame: PeerFrame, line: Int,
    consumed: Int, _ payload: UnsafeRawBufferPointer
  ) {
    prepare(w, op, s)
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    makeRoom(w)
    w.pointee.counters.requests &+= 1
    openFrame(w, frame.id)
    let own = UnsafeMutablePointer<Session>.allocate(capacity: 1)
    own.initialize(to: Session())
    own.pointee.isPeer = true
    own.pointee.client = op.pointee.client
    LargeBody.begin(w, own, op, line: line, lineLength: consumed)
    if own.pointee.body != nil {
      _ = LargeBody.feed(
        w, nil, own, UnsafeRawBufferPointer(rebasing: payload[(line + consumed)...]))
    }
    if own.pointee.body == nil {
      endFrame(w)
      return PeerSession.free(own)
    }
    closeFrame(w, more: true)
    peer.pointee.bodies[frame.id] = own
  }

  /// The next part of a value. One that was refused is not waited for any more.
  private static func takeData(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>, _ frame: PeerFrame,
    _ payload: UnsafeRawBufferPointer
  ) {
    guard let own = peer.pointee.bodies[frame.id] else { return }
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    makeRoom(w)
    openFrame(w, frame.id)
    _ = LargeBody.feed(w, nil, own, payload)
    let isDone = own.pointee.body == nil
    if isDone { endFrame(w) } else { closeFrame(w, more: true) }
    if isDone {
      peer.pointee.bodies[frame.id] = nil
      PeerSession.free(own)
    } else if frame.flags & PeerFrame.Flag.open == 0 {
      refusePeer(w, c, "a value is not whole")
    }
  }

  // ---- replies in frames

  /// Executes a request of another node.
  @inline(never)
  static func executeFramed(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>,
    _ perform: (WorkerPointer, UnsafeMutablePointer<Operation>) -> Void
  ) {
    if w.pointee.openFrame != nil, w.pointee.openFrameID != op.pointee.frame { closeFrame(w, more: true) }
    if w.pointee.keptFrames == 0 || !isKept(w, op) {
      if w.pointee.openFrame == nil { openFrame(w, op.pointee.frame) }
      if w.pointee.refusedFrame != op.pointee.frame { perform(w, op) }
    }
    if !op.pointee.endsFrame { return }
    w.pointee.leaseFrame = 0
    w.pointee.keptFrame = 0
    endFrame(w)
  }

  /// The request is kept for later, alone or with what its frame held before it.
  private static func isKept(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> Bool {
    w.pointee.keptFrame == op.pointee.frame || keepBehind(w, op)
  }

  /// This node may not answer the request: the one that has passed it on asks another.
  static func refuseFrame(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.refusedFrame = w.pointee.openFrameID
  }

  /// Completes a reply for another node, which goes out at once, or when all copies have what it tells of.
  static func endFrame(_ w: WorkerPointer) {
    guard let header = w.pointee.openFrame else { return }
    if w.pointee.refusedFrame != 0, w.pointee.refusedFrame == w.pointee.openFrameID {
      w.pointee.refusedFrame = 0
      w.pointee.openFrame = nil
      PeerFrame(.reply, id: w.pointee.openFrameID, flags: PeerFrame.Flag.refused).write(to: header)
      w.pointee.out = header + PeerFrame.headerSize
      return
    }
    closeFrame(w, more: false)
    if !w.pointee.unacknowledged.isEmpty, let origin = w.pointee.origin {
      holdFrame(w, header, origin.assumingMemoryBound(to: Connection.self))
    }
  }

  static func openFrame(_ w: WorkerPointer, _ id: UInt64) {
    w.pointee.openFrame = w.pointee.out
    w.pointee.openFrameID = id
    PeerFrame(.reply, id: id).write(to: w.pointee.out)
    w.pointee.out += PeerFrame.headerSize
  }

  /// Completes the reply, or the part of it that is sent now. A part without bytes is not sent.
  static func closeFrame(_ w: WorkerPointer, more: Bool) {
    guard let header = w.pointee.openFrame else { return }
    w.pointee.openFrame = nil
    let count = w.pointee.out - header - PeerFrame.headerSize
    if more && count == 0 {
      w.pointee.out = header
      return
    }
    PeerFrame(
      .reply, id: w.pointee.openFrameID, flags: more ? PeerFrame.Flag.more : 0, length: count
    ).write(to: header)
  }

  /// A frame for bytes that are sent from where they are.
  static func announceFrame(_ w: WorkerPointer, _ length: Int) {
    PeerFrame(.reply, id: w.pointee.openFrameID, flags: PeerFrame.Flag.more, length: length)
      .write(to: w.pointee.out)
    w.pointee.out += PeerFrame.headerSize
  }
}
