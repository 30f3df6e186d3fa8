import HearthCluster
import HearthNet
import HearthProtocol
import HearthStorage

/// Requests for the counter of a group. It always exists; to read it is to learn the group's generation, to count it up
/// or to delete it is to bump the group.
extension Worker {
  @inline(never)
  static func performOnGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    guard let numbering = w.pointee.numbering, isBump(op), op.pointee.frame == 0,
      w.pointee.answeredSlot == nil,
      w.pointee.datagrams == nil, !otherPrimaries(w, numbering).isEmpty
    else { return answerOnGroup(w, op) }
    // Its answer has a place of its own: it may be an error in the end.
    let order = openOrder(w, op.pointee.origin.assumingMemoryBound(to: Connection.self))
    takeReplies(w, order)
    order.pointee.openLine = 0
    answerOnGroup(w, op)
    if !w.pointee.unacknowledged.bumps.isEmpty {
      holdReplies(w, order)
      order.pointee.last?.pointee.isSilent = op.pointee.request.noReply
    }
    list(w, order)
  }

  static func isBump(_ op: UnsafeMutablePointer<Operation>) -> Bool {
    switch op.pointee.request.verb {
    case .incr, .delete, .metaDelete, .metaArithmetic: true
    default: false
    }
  }

  private static func answerOnGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    switch op.pointee.request.verb {
    case .get: readGroup(w, op, withCAS: false)
    case .gets: readGroup(w, op, withCAS: true)
    case .metaGet: metaReadGroup(w, op)
    case .incr:
      if let number = bumpGroup(w, op), !op.pointee.request.noReply {
        var r = ReplyCursor(w.pointee.out)
        r.number(number)
        r.endLine()
        w.pointee.out = r.p
      }
    case .delete: if bumpGroup(w, op) != nil { answer(w, op, "DELETED\r\n") }
    case .metaDelete:
      if bumpGroup(w, op) != nil, !op.pointee.request.has(MetaFlag.quiet) { metaReply(w, op, "HD") }
    case .metaArithmetic: metaCountGroup(w, op)
    default: refuseOnGroup(w, op)
    }
  }

  /// The only thing to be done with a group is to read its number or to bump it.
  static func refuseOnGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    answer(w, op, "CLIENT_ERROR this key names a group: use get, incr, delete, mg, ma or md\r\n")
  }

  /// The group's name: the key behind the prefix.
  private static func group(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>)
    -> UnsafeRawBufferPointer
  {
    let length = w.pointee.groups.prefixLength
    return UnsafeRawBufferPointer(start: op.pointee.key.start + length, count: op.pointee.key.count - length)
  }

  private static func ownPool(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>)
    -> UnsafeMutablePointer<ServerPool>?
  {
    if w.pointee.datagrams != nil { return nil }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    if op.pointee.frame != 0 { return op.pointee.isForOwnPool ? op.pointee.pool : nil }
    return session(of: c).pointee.ownPool
  }

  /// Bumps the group; nil when it was refused, and that is answered.
  private static func bumpGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64? {
    if w.pointee.datagrams != nil, let numbering = w.pointee.numbering,
      !otherPrimaries(w, numbering).isEmpty
    {
      report(w, "SERVER_ERROR the group has keys on other nodes: bump it by TCP\r\n")
      return nil
    }
    var bumps: [NumberedBump] = []
    switch ServerState.bump(
      w.pointee.server, group(w, op), ownPool: ownPool(w, op), note: { bumps.append($0) })
    {
    case .bumped(let number):
      w.pointee.counters.bumps &+= 1
      if let numbering = w.pointee.numbering {
        noteBump(w, numbering, bumps)
        w.pointee.unacknowledged.isSilent = op.pointee.request.noReply
      }
      return number
    case .refused(let reason):
      if !op.pointee.request.noReply { report(w, "SERVER_ERROR \(reason)\r\n") }
      return nil
    }
  }

  /// The group's number; nil when there is none, and that is answered.
  private static func number(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) -> UInt64? {
    switch ServerState.generation(w.pointee.server, group(w, op), ownPool: ownPool(w, op)) {
    case .bumped(let number):
      noteNumberRead(w)
      return number
    case .refused(let reason):
      report(w, "SERVER_ERROR \(reason)\r\n")
      return nil
    }
  }

  private static func readGroup(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, withCAS: Bool
  ) {
    w.pointee.counters.commandGet &+= 1
    guard let number = number(w, op) else { return }
    w.pointee.counters.getHits &+= 1
    var r = ReplyCursor(w.pointee.out)
    let key = UnsafeRawBufferPointer(start: op.pointee.key.start, count: op.pointee.key.count)
    r.p = ReplyWriter.value(
      key: key, flags: 0, length: ReplyWriter.digits(number), cas: withCAS ? number : nil, r.p)
    r.number(number)
    r.endLine()
    w.pointee.out = r.p
    if op.pointee.request.isLastKey { writeEnd(w) }
  }

  private static func metaReadGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    w.pointee.counters.commandGet &+= 1
    guard let number = number(w, op) else { return }
    w.pointee.counters.getHits &+= 1
    writeGroup(w, op, number)
  }

  private static func metaCountGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandMeta &+= 1
    if MetaArguments(op.pointee.request, in: op.pointee.input).mode == .decrement {
      return refuseOnGroup(w, op)
    }
    guard let number = bumpGroup(w, op) else { return }
    if !op.pointee.request.has(MetaFlag.quiet) { writeGroup(w, op, number) }
  }

  /// The reply to mg or ma: an item with that number for its value and CAS, that never expires.
  private static func writeGroup(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ number: UInt64)
  {
    let request = op.pointee.request
    let digits = ReplyWriter.digits(number)
    var r = ReplyCursor(w.pointee.out)
    if request.has(MetaFlag.value) {
      r.text("VA ")
      r.number(digits)
    } else {
      r.text("HD")
    }
    var order = request.replyOrder
    while let wanted = order.next() {
      switch wanted {
      case .size:
        r.flag(0x73)
        r.number(digits)
      case .ttl: r.timeToLive(0, now: w.pointee.now)
      case .cas:
        r.flag(0x63)
        r.number(number)
      case .flags:
        r.flag(0x66)
        r.byte(0x30)
      case .lastAccess:
        r.flag(0x6c)
        r.byte(0x30)
      case .hit:
        r.flag(0x68)
        r.byte(0x31)
      case .opaque: r.opaque(op.pointee.bytes(request.opaque))
      case .key: writeKey(op, isBinary: request.has(MetaFlag.base64Key), &r)
      case .setTTL, .vivify, .recache: break
      }
    }
    r.endLine()
    if request.has(MetaFlag.value) {
      r.number(number)
      r.endLine()
    }
    w.pointee.out = r.p
  }
}
