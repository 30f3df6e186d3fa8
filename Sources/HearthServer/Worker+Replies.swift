import CHearth
import Glibc
import HearthNet
import HearthStorage

extension Worker {
  /// The next replies go to somebody else: sends what was collected.
  @inline(__always)
  static func setOrigin(_ w: WorkerPointer, _ origin: UnsafeMutableRawPointer) {
    if w.pointee.origin == origin { return }
    flushReplies(w)
    w.pointee.origin = origin
    w.pointee.originBytes = 0
    w.pointee.originMustWait = false
  }

  /// Makes room for one more reply.
  @inline(__always)
  static func makeRoom(_ w: WorkerPointer) {
    if w.pointee.out - w.pointee.reply > w.pointee.softLimit { spill(w) }
  }

  /// Sends the collected replies with one call.
  @inline(__always)
  static func flushReplies(_ w: WorkerPointer, more: Bool = false) {
    if w.pointee.openFrame != nil { closeFrame(w, more: true) }
    let count = w.pointee.out - w.pointee.reply
    if w.pointee.datagrams != nil {
      finishDatagram(w)
      return
    }
    if count == 0 {
      // Who wants no reply waits for nobody.
      if !w.pointee.unacknowledged.isEmpty { w.pointee.unacknowledged = PendingAcknowledgement() }
      return
    }
    guard let origin = w.pointee.origin else {
      w.pointee.out = w.pointee.reply
      return
    }
    let c = origin.assumingMemoryBound(to: Connection.self)
    if w.pointee.links != nil {
      if let order = session(of: c).pointee.order { return takeReplies(w, order) }
      if !w.pointee.unacknowledged.isEmpty { return holdReplies(w, c) }
    }
    w.pointee.out = w.pointee.reply
    Connection.send(c, w.pointee.reply, count, more: more)
    w.pointee.originBytes &+= count
    if c.pointee.isBlocked || w.pointee.originBytes > replyShare { holdBack(w) }
  }

  /// The origin's further requests wait; while buffers are short nobody gets more than one reply ahead.
  @inline(never)
  private static func holdBack(_ w: WorkerPointer) {
    w.pointee.originMustWait = true
    w.pointee.softLimit = w.pointee.server.pointee.budget.isExhausted ? 0 : replySoftLimit
  }

  /// Gives a request that was parsed already, and with it all behind it, back to the connection's input: it is parsed
  /// again in a later round.
  @inline(never)
  static func handBack(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let s = session(of: c)
    if s.pointee.wasHandedBack { return }
    s.pointee.wasHandedBack = true
    s.pointee.parser = op.pointee.parser
    s.pointee.isLineRefused = op.pointee.detour == .silence
    s.pointee.isLineForwarded =
      op.pointee.detour == .besideForward || (s.pointee.order?.pointee.openLine ?? 0) != 0
    let at = Int(op.pointee.at)
    let input = op.pointee.input
    Connection.save(c, input.baseAddress.unsafelyUnwrapped + at, input.count - at)
    c.pointee.hasMoreInput = true
    w.pointee.counters.outputWaits &+= 1
  }

  /// The reply buffer is full in the midst of one origin's replies.
  @inline(never)
  private static func spill(_ w: WorkerPointer) {
    if w.pointee.datagrams != nil { return collectDatagramReply(w) }
    let isFramed = w.pointee.openFrame != nil
    flushReplies(w, more: true)
    // The reply goes on behind what was sent.
    if isFramed { openFrame(w, w.pointee.openFrameID) }
  }

  /// Puts the bytes of a pinned value behind the collected replies: copied when short or bound for a datagram,
  /// else sent from where they are. Takes over the pin.
  @inline(never)
  static func append(_ w: WorkerPointer, _ pinned: consuming PinnedValue) {
    var value = pinned
    let length = value.length
    if length <= min(copyLimit, w.pointee.softLimit) || w.pointee.datagrams != nil {
      var offset = 0
      while offset < length {
        makeRoom(w)
        let piece = value.piece(at: offset)
        let part = min(piece.count, copyLimit, length - offset)
        memcpy(w.pointee.out, piece.baseAddress!, part)
        w.pointee.out += part
        offset += part
      }
      value.release()
      return
    }
    let isFramed = w.pointee.openFrame != nil
    if isFramed {
      closeFrame(w, more: true)
      announceFrame(w, length)
    }
    flushReplies(w, more: true)
    guard let origin = w.pointee.origin else { return value.release() }
    let c = origin.assumingMemoryBound(to: Connection.self)
    let state = UnsafeMutablePointer<PinnedValue>.allocate(capacity: 1)
    state.initialize(to: value)
    let bytes = ForeignBytes(
      context: UnsafeMutableRawPointer(state), length: length, piece: pinnedPiece, release: pinnedRelease)
    if let order = session(of: c).pointee.order {
      order.pointee.append(bytes)
      return list(w, order)
    }
    Connection.send(c, bytes)
    if isFramed { openFrame(w, w.pointee.openFrameID) }
    w.pointee.originBytes &+= length
    if c.pointee.isBlocked || w.pointee.originBytes > replyShare { holdBack(w) }
  }
}

func pinnedPiece(_ context: UnsafeMutableRawPointer, _ offset: Int) -> ForeignPiece {
  let piece = context.assumingMemoryBound(to: PinnedValue.self).pointee.piece(at: offset)
  return ForeignPiece(iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress), iov_len: piece.count)
}

func pinnedRelease(_ context: UnsafeMutableRawPointer) {
  let state = context.assumingMemoryBound(to: PinnedValue.self)
  state.pointee.release()
  state.deallocate()
}
