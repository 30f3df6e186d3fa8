import CHearth
import Glibc
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// Longest reply by UDP, on loopback too.
  static let datagramReplyLimit = 16 << 20

  /// Answers all datagrams of the round, batched like the requests of connections.
  @inline(never)
  static func answerDatagrams(_ w: WorkerPointer) {
    var next = w.pointee.loop.pointee.readyDatagrams
    while let socket = next {
      next = socket.pointee.nextReady
      w.pointee.datagrams = socket
      for i in 0..<socket.pointee.count { parseDatagram(w, socket, i) }
      execute(w)
      flushReplies(w)
      w.pointee.origin = nil
      DatagramSocket.flush(socket)
    }
    w.pointee.datagrams = nil
  }

  private static func parseDatagram(
    _ w: WorkerPointer, _ socket: UnsafeMutablePointer<DatagramSocket>, _ i: Int
  ) {
    let datagram = socket.pointee.datagram(i)
    guard UDPFrame.requestID(datagram) != nil, let origin = UnsafeMutableRawPointer(bitPattern: i + 1) else {
      w.pointee.counters.datagramsDropped &+= 1
      return
    }
    var session = Session()
    var offset = UDPFrame.headerSize
    while offset < datagram.count {
      if w.pointee.batchCount == batchSize { execute(w) }
      let op = w.pointee.batch + w.pointee.batchCount
      let step = session.parser.next(
        datagram, at: offset, inlineLimit: w.pointee.inlineLimit, &op.pointee.request)
      guard case .request(let consumed) = step else { break }
      op.pointee.input = datagram
      op.pointee.origin = origin
      op.pointee.frame = 0
      let line = offset
      offset += consumed
      if isBatched(op.pointee.request) {
        prepare(w, op, &session)
        w.pointee.batchCount += 1
        continue
      }
      executeAlone(w, nil, &session, op, line: line, consumed: consumed, datagram)
      if session.body != nil {
        offset += LargeBody.feed(w, nil, &session, UnsafeRawBufferPointer(rebasing: datagram[offset...]))
      }
    }
    Session.end(&session)
  }

  /// Part of a long reply: kept until the reply is complete, because every datagram tells how many there are.
  @inline(never)
  static func collectDatagramReply(_ w: WorkerPointer) {
    let count = w.pointee.out - w.pointee.reply
    w.pointee.out = w.pointee.reply
    if w.pointee.datagramReplyCount + count > datagramReplyLimit { w.pointee.datagramReplyTooLarge = true }
    if w.pointee.datagramReplyTooLarge { return }
    let memory = realloc(w.pointee.datagramReply, w.pointee.datagramReplyCount + count)!
    memcpy(memory + w.pointee.datagramReplyCount, w.pointee.reply, count)
    w.pointee.datagramReply = memory
    w.pointee.datagramReplyCount += count
  }

  /// The reply to one datagram is complete: cut into datagrams.
  @inline(never)
  static func finishDatagram(_ w: WorkerPointer) {
    guard let socket = w.pointee.datagrams, let origin = w.pointee.origin else { return }
    let i = Int(bitPattern: origin) - 1
    let request = socket.pointee.datagram(i)
    if w.pointee.datagramReplyCount > 0 || w.pointee.datagramReplyTooLarge { collectDatagramReply(w) }
    var reply = UnsafeRawBufferPointer(start: w.pointee.reply, count: w.pointee.out - w.pointee.reply)
    if w.pointee.datagramReplyCount > 0 {
      reply = UnsafeRawBufferPointer(start: w.pointee.datagramReply, count: w.pointee.datagramReplyCount)
    }
    w.pointee.out = w.pointee.reply
    let forbidden =
      w.pointee.datagramReplyTooLarge
      || (!socket.pointee.isLoopback && !UDPFrame.mayAnswer(reply: reply.count, to: request.count))
    if forbidden {
      let text: StaticString = "SERVER_ERROR reply too large for UDP\r\n"
      reply = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }
    send(socket, reply, to: i, UDPFrame.requestID(request) ?? 0)
    free(w.pointee.datagramReply)
    w.pointee.datagramReply = nil
    w.pointee.datagramReplyCount = 0
    w.pointee.datagramReplyTooLarge = false
  }

  private static func send(
    _ socket: UnsafeMutablePointer<DatagramSocket>, _ reply: UnsafeRawBufferPointer, to i: Int, _ id: UInt16
  ) {
    let total = UDPFrame.datagrams(reply.count)
    for sequence in 0..<total {
      let part = UDPFrame.payload(sequence, of: reply.count)
      let room = DatagramSocket.replyRoom(socket)
      UDPFrame.writeHeader(id: id, sequence: sequence, datagrams: total, room)
      memcpy(room + UDPFrame.headerSize, reply.baseAddress! + part.lowerBound, part.count)
      DatagramSocket.reply(socket, to: i, count: UDPFrame.headerSize + part.count)
    }
  }
}
