import CHearth
import Glibc
import HearthNet
import HearthProtocol
import HearthStorage

/// A value that is larger than the parser waits for, while it arrives. Its bytes go straight into the segments
/// they will stay in; those of an append or prepend are gathered, because they end up behind or before others.
/// Owned by the connection's session; giving it up frees what was reserved.
struct LargeBody: ~Copyable {
  /// With ranges that count from `memory`.
  private var request: Request
  /// The command's line, and behind it the gathered value.
  private let memory: UnsafeMutableRawBufferPointer
  private let lineLength: Int
  private let pool: UnsafeMutablePointer<ServerPool>
  private let key: Key
  /// The decoded key of a request with base64.
  private let decodedKey: UnsafeMutableRawPointer?
  private var writer: LargeWriter?
  /// The node that it is for; nil: this one.
  private let node: UInt8?
  /// Whose it is, where another node has passed it on; 0: that was not said, or it is a client's own.
  private let client: UInt64
  private let budget: BufferBudget
  /// Bytes received, CR LF included.
  private var received = 0
  private var charged = 0
  private var ending: UInt16 = 0

  private var length: Int { Int(request.dataLength) }
  private var remaining: Int { length + 2 - received }

  deinit {
    memory.deallocate()
    decodedKey?.deallocate()
    budget.refund(charged)
  }

  private init(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, line: Int, lineLength: Int, gathers: Bool,
    _ writer: consuming LargeWriter?
  ) {
    var request = op.pointee.request
    // A request that is passed on needs its end.
    let total = lineLength + (gathers ? Int(request.dataLength) + 2 : 0)
    node = op.pointee.detour == .forward ? op.pointee.node : nil
    client = op.pointee.frame != 0 ? op.pointee.client : 0
    memory = .allocate(byteCount: total, alignment: 16)
    memcpy(memory.baseAddress!, op.pointee.input.baseAddress! + line, lineLength)
    request.key.start -= Int32(line)
    request.tokens.start -= Int32(line)
    request.opaque.start -= Int32(line)
    request.data = Int32(lineLength)
    request.bodyFollows = !gathers
    self.request = request
    self.lineLength = lineLength
    self.writer = writer
    pool = op.pointee.pool
    budget = w.pointee.server.pointee.budget
    if gathers {
      charged = Int(request.dataLength)
      budget.charge(charged)
    }
    if request.verb == .metaSet && request.has(MetaFlag.base64Key) {
      let copy = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 16)
      memcpy(copy, op.pointee.key.start, op.pointee.key.count)
      decodedKey = copy
      key = Key(copy, op.pointee.key.count, hash: op.pointee.key.hash)
    } else {
      decodedKey = nil
      key = Key(
        memory.baseAddress! + Int(request.key.start), op.pointee.key.count, hash: op.pointee.key.hash)
    }
  }

  /// Begins with the request in `op`, whose line stands at `line`. What cannot be stored is answered at once and
  /// its bytes are left to the parser to drop.
  static func begin(
    _ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>, _ op: UnsafeMutablePointer<Operation>, line: Int,
    lineLength: Int
  ) {
    let request = op.pointee.request
    let length = Int(request.dataLength)
    var flags = request.clientFlags
    var extends = request.verb == .append || request.verb == .prepend
    if request.verb == .metaSet {
      let arguments = MetaArguments(request, in: op.pointee.input)
      flags = arguments.clientFlags
      extends = arguments.mode == .append || arguments.mode == .prepend
    }
    if op.pointee.detour != .none && op.pointee.detour != .protected && op.pointee.detour != .forward
      && op.pointee.detour != .replicated
    {
      switch op.pointee.detour {
      case .group: Worker.refuseOnGroup(w, op)
      case .tooFewCopies: Worker.refuseForCopies(w, op)
      case .refused: Worker.refuseFrame(w, op)
      case .stalled: Worker.refuseStalled(w, op)
      default: Worker.refuseInFedPool(w, op)
      }
      s.pointee.parser.swallow(length + 2)
      return
    }
    if op.pointee.detour == .replicated, Worker.isForGroup(w, op) {
      Worker.refuseOnGroup(w, op)
      s.pointee.parser.swallow(length + 2)
      return
    }
    let pool = op.pointee.pool
    if pool.pointee.exceedsLimit(keyLength: op.pointee.key.count, valueLength: length, clientFlags: flags) {
      Worker.refuseTooLarge(w, op, deletes: request.verb == .set || request.verb == .metaSet)
      Worker.tellEffect(w, op)
      s.pointee.parser.swallow(length + 2)
      return
    }
    let body = UnsafeMutablePointer<LargeBody>.allocate(capacity: 1)
    if extends || length <= pool.pointee.pool.inlineLimit || op.pointee.detour == .forward {
      let budget = w.pointee.server.pointee.budget
      if budget.inUse + UInt64(length) > budget.limit {
        body.deallocate()
        Worker.refuseNoMemory(w, op)
        Worker.tellEffect(w, op)
        s.pointee.parser.swallow(length + 2)
        return
      }
      body.initialize(to: LargeBody(w, op, line: line, lineLength: lineLength, gathers: true, nil))
    } else {
      guard let writer = pool.pointee.pool.beginLarge(op.pointee.key, length: length, now: w.pointee.now)
      else {
        body.deallocate()
        Worker.refuseNoMemory(w, op)
        Worker.tellEffect(w, op)
        s.pointee.parser.swallow(length + 2)
        return
      }
      body.initialize(to: LargeBody(w, op, line: line, lineLength: lineLength, gathers: false, writer))
    }
    s.pointee.body = body
  }

  /// Takes what of the input belongs to the value; when it is complete, stores and answers. Returns the number
  /// of bytes taken. `c` is nil for a datagram.
  static func feed(
    _ w: WorkerPointer, _ c: ConnectionPointer?, _ s: UnsafeMutablePointer<Session>,
    _ input: UnsafeRawBufferPointer
  ) -> Int {
    guard let body = s.pointee.body else { return 0 }
    var taken = min(input.count, max(0, body.pointee.length - body.pointee.received))
    let before = body.pointee.received
    if taken > 0, !body.pointee.take(UnsafeRawBufferPointer(rebasing: input[..<taken])) {
      // What found its place is counted and must not be read again as commands.
      let counted = body.pointee.received - before
      giveUp(w, s, body)
      return counted
    }
    while taken < input.count, body.pointee.remaining > 0 {
      body.pointee.ending |= UInt16(input[taken]) << (body.pointee.remaining == 2 ? 0 : 8)
      body.pointee.received += 1
      taken += 1
    }
    if body.pointee.remaining == 0 {
      finish(w, s, body)
    } else if let c {
      c.pointee.receivesDirectly = body.pointee.wantsDirectInput
    }
    return taken
  }

  /// So much is still to come that it is worth receiving into place. The rest comes through the staging area,
  /// together with what follows it.
  private var wantsDirectInput: Bool { remaining - 2 > EventLoop.receiveLimit }

  /// Receives into place what has arrived, at most a mebibyte in a round.
  static func receive(_ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>) {
    guard let body = s.pointee.body else { return }
    var budget = 1 << 20
    while budget > 0 {
      guard let room = body.pointee.space(), let start = room.baseAddress else {
        c.pointee.receivesDirectly = false
        giveUp(w, s, body)
        return
      }
      let count = min(room.count, body.pointee.remaining - 2)
      switch Connection.receive(c, into: start, count) {
      case .bytes(let n):
        if n == 0 { return Connection.doom(c) }
        body.pointee.advance(n)
        budget -= n
        if !body.pointee.wantsDirectInput {
          c.pointee.receivesDirectly = false
          return
        }
        if n < count { return }
      case .notReady: return
      case .failed: return Connection.doom(c)
      }
    }
  }

  private mutating func space() -> UnsafeMutableRawBufferPointer? {
    if writer != nil { return writer!.space() }
    return UnsafeMutableRawBufferPointer(rebasing: memory[(lineLength + received)...])
  }

  private mutating func advance(_ count: Int) {
    if writer != nil { writer!.advance(count) }
    received += count
  }

  /// Copies bytes of the value to their place. False: out of memory.
  private mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset < bytes.count {
      guard let room = space(), let start = room.baseAddress, room.count > 0 else { return false }
      let count = min(room.count, bytes.count - offset)
      memcpy(start, bytes.baseAddress! + offset, count)
      advance(count)
      offset += count
    }
    return true
  }

  /// Writes bytes into a large value. False: out of memory.
  static func fill(_ writer: inout LargeWriter, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var offset = 0
    while offset < bytes.count {
      guard let room = writer.space(), let start = room.baseAddress, room.count > 0 else { return false }
      let count = min(room.count, bytes.count - offset)
      memcpy(start, bytes.baseAddress! + offset, count)
      writer.advance(count)
      offset += count
    }
    return true
  }

  /// Puts the request where commands look for it: the batch is empty, its first place is free.
  private static func operation(
    _ w: WorkerPointer, _ body: UnsafeMutablePointer<LargeBody>
  ) -> UnsafeMutablePointer<Operation> {
    let op = w.pointee.batch
    op.pointee.request = body.pointee.request
    op.pointee.input = UnsafeRawBufferPointer(body.pointee.memory)
    op.pointee.key = body.pointee.key
    op.pointee.pool = body.pointee.pool
    let isProtected = w.pointee.hasDetours && body.pointee.pool.pointee.rule != nil
    op.pointee.detour = isProtected ? .protected : .none
    op.pointee.mayWait = false
    op.pointee.frame = w.pointee.openFrame != nil ? w.pointee.openFrameID : 0
    op.pointee.client = body.pointee.client
    if body.pointee.node == nil, let rule = body.pointee.pool.pointee.replication {
      // Since it began the key may have become another node's.
      op.pointee.detour =
        Worker.route(w, op, rule) == .here ? .replicated : w.pointee.openFrame != nil ? .refused : .stalled
    }
    if let node = body.pointee.node {
      op.pointee.detour = .forward
      op.pointee.node = node
      op.pointee.at = 0
      op.pointee.length = Int32(truncatingIfNeeded: body.pointee.memory.count)
    }
    op.pointee.origin = w.pointee.origin ?? UnsafeMutableRawPointer(op)
    return op
  }

  /// No memory for the rest: answered now, and what is still to come is dropped.
  private static func giveUp(
    _ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>, _ body: UnsafeMutablePointer<LargeBody>
  ) {
    let op = operation(w, body)
    Worker.refuseNoMemory(w, op)
    Worker.tellEffect(w, op)
    s.pointee.parser.swallow(body.pointee.remaining)
    Session.endBody(s)
  }

  private static func finish(
    _ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>, _ body: UnsafeMutablePointer<LargeBody>
  ) {
    let op = operation(w, body)
    Worker.makeRoom(w)
    if body.pointee.ending != 0x0a0d {
      Worker.answer(w, op, ProtocolError.badDataChunk.line)
    } else {
      w.pointee.arrived = body.pointee.writer.take()
      if body.pointee.node != nil {
        body.pointee.memory.storeBytes(
          of: UInt16(0x0a0d).littleEndian, toByteOffset: body.pointee.memory.count - 2, as: UInt16.self)
      }
      Worker.performAlone(w, op)
      // A value that was not stored gives its segments back, now that no lock is held.
      w.pointee.arrived = nil
    }
    w.pointee.counters.requests &+= 1
    Session.endBody(s)
  }
}
