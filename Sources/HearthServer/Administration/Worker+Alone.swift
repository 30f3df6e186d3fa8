import CHearth
import HearthConfig
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// Requests that are not batched: after all those before them, one at a time. `c` is nil for a datagram.
  @inline(never)
  static func executeAlone(
    _ w: WorkerPointer, _ c: ConnectionPointer?, _ s: UnsafeMutablePointer<Session>,
    _ op: UnsafeMutablePointer<Operation>, line: Int, consumed: Int, _ input: UnsafeRawBufferPointer
  ) {
    if op.pointee.request.bodyFollows { prepare(w, op, s) }
    execute(w)
    setOrigin(w, op.pointee.origin)
    if w.pointee.originMustWait, c != nil { return handBack(w, op) }
    makeRoom(w)
    let isBehindBump = op.pointee.request.bodyFollows && op.pointee.detour == .behindBump
    if let c, !op.pointee.request.bodyFollows && op.pointee.request.verb != .quit || isBehindBump,
      holdUntilAnswered(w, op, c)
    {
      return
    }
    if isBehindBump { forgetBump(w, op, s) }
    w.pointee.counters.requests &+= 1
    if op.pointee.request.bodyFollows {
      if op.pointee.detour == .forward, let c, holdLarge(w, op, c) { return }
      if op.pointee.detour == .stalled, c != nil, op.pointee.mayWait {
        let isOver = s.pointee.stalledSince != 0 && stallIsOver(w, s)
        if !isOver { return stall(w, op) }
      }
      return LargeBody.begin(w, s, op, line: line, lineLength: consumed)
    }
    let arguments = TokenCursor(op.pointee.request, in: input)
    switch op.pointee.request.verb {
    case .quit:
      if let c {
        flushReplies(w)
        if let order = s.pointee.order {
          order.pointee.closesAtEnd = true
          s.pointee.wasHandedBack = true
          Connection.park(c)
        } else {
          Connection.closeWhenDrained(c)
        }
      }
    case .version: report(w, "VERSION \(protocolVersion)\r\n")
    case .stats: statistics(w, s, arguments)
    case .flushAll: flushAll(w, op, s, arguments)
    case .verbosity: verbosity(w, op, arguments)
    case .cacheMemlimit: cacheMemlimit(w, op, arguments)
    case .shutdown: shutdown(w, c, arguments)
    case .slabs: slabs(w, op, arguments)
    case .lru: lru(w, op, arguments)
    case .lruCrawler: lruCrawler(w, c, s, op, arguments)
    case .mgdump: dump(w, c, s, .metaGet)
    case .extstore: answer(w, op, "ERROR\r\n")
    case .refreshCerts: answer(w, op, "ERROR\r\n")
    case .watch: answer(w, "CLIENT_ERROR watch is not available: use stats, or metadump\r\n")
    default: answer(w, op, "ERROR\r\n")
    }
  }

  /// Writes text of any length made for people or monitors.
  /// Not named like the function for literals, which would then take this way.
  static func report(_ w: WorkerPointer, _ text: String) {
    var text = text
    text.withUTF8 { write(w, UnsafeRawBufferPointer($0)) }
  }

  /// Writes bytes of any length.
  static func write(_ w: WorkerPointer, _ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset < bytes.count {
      makeRoom(w)
      let part = min(copyLimit, bytes.count - offset)
      var r = ReplyCursor(w.pointee.out)
      r.bytes(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + part]))
      w.pointee.out = r.p
      offset += part
    }
  }
}
