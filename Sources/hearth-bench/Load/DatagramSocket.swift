import CHearth
import Glibc

/// A UDP socket with a fixed number of request slots, and the message arrays for sendmmsg and recvmmsg.
/// Owned by one load thread.
struct DatagramSocket {
  /// A request in flight. Its buffers are the parts of the socket's memory with the slot's number.
  private struct Slot {
    var identity: UInt16 = 0
    var isBusy = false
    var entries = 0
    var sentAt: UInt64 = 0
    /// Datagrams of the reply so far, and the bytes up to the end of the farthest.
    var received = 0
    var length = 0
  }

  /// What recvmmsg and sendmmsg take: a header and the bytes transferred (recvmmsg(2)).
  private struct Message {
    var header = msghdr()
    var length: UInt32 = 0
  }

  private static let headerSize = 8
  /// The data of a full reply datagram: 1400 bytes less the header.
  private static let fullData = 1392
  private static let largestDatagram = 65_536

  let descriptor: Int32
  private let calls = SystemCalls.shared
  private let count: Int
  private let requestSize: Int
  private let replySize: Int
  private let entriesPerRequest: Int
  private let slots: UnsafeMutablePointer<Slot>
  private let requests: UnsafeMutablePointer<UInt8>
  private let replies: UnsafeMutablePointer<UInt8>
  private let incoming: UnsafeMutablePointer<UInt8>
  private let pending: UnsafeMutablePointer<PendingReply>
  private let outMessages: UnsafeMutablePointer<Message>
  private let inMessages: UnsafeMutablePointer<Message>
  private let vectors: UnsafeMutablePointer<iovec>
  private var nextIdentity: UInt16 = 0
  private(set) var busy = 0

  init(_ socket: consuming Socket, slots count: Int, request: Int, reply: Int, entries: Int) {
    descriptor = socket.release()
    self.count = count
    requestSize = request + Self.headerSize
    replySize = reply * entries
    entriesPerRequest = entries
    slots = .allocate(capacity: count)
    slots.initialize(repeating: Slot(), count: count)
    requests = .allocate(capacity: count * requestSize)
    replies = .allocate(capacity: count * replySize)
    incoming = .allocate(capacity: count * Self.largestDatagram)
    pending = .allocate(capacity: count * entries)
    outMessages = .allocate(capacity: count)
    inMessages = .allocate(capacity: count)
    vectors = .allocate(capacity: count * 2)
    outMessages.initialize(repeating: Message(), count: count)
    inMessages.initialize(repeating: Message(), count: count)
    for i in 0..<count {
      vectors[i] = iovec()
      vectors[count + i] = iovec(iov_base: incoming + i * Self.largestDatagram, iov_len: Self.largestDatagram)
      outMessages[i].header.msg_iov = vectors + i
      outMessages[i].header.msg_iovlen = 1
      inMessages[i].header.msg_iov = vectors + count + i
      inMessages[i].header.msg_iovlen = 1
    }
  }

  func deallocate() {
    close(descriptor)
    slots.deallocate()
    requests.deallocate()
    replies.deallocate()
    incoming.deallocate()
    pending.deallocate()
    outMessages.deallocate()
    inMessages.deallocate()
    vectors.deallocate()
  }

  /// Sends a new request from every idle slot.
  mutating func refill(_ source: inout RequestSource, now: UInt64) {
    var ready = 0
    for i in 0..<count where !slots[i].isBusy && source.remaining > 0 {
      let start = requests + i * requestSize
      nextIdentity &+= 1
      var entries = 0
      let length = source.next(
        to: start + Self.headerSize, pending + i * entriesPerRequest, entries: &entries)
      let header = UInt64(nextIdentity) << 48 | 1 << 16
      UnsafeMutableRawPointer(start).storeBytes(of: header.bigEndian, as: UInt64.self)
      slots[i] = Slot(identity: nextIdentity, isBusy: true, entries: entries, sentAt: now)
      vectors[ready] = iovec(iov_base: start, iov_len: length + Self.headerSize)
      ready += 1
      busy += 1
    }
    var sent = 0
    while sent < ready {
      let n = calls.sendMessages(descriptor, outMessages + sent, UInt32(ready - sent), 0)
      // A refused or full socket: the slots run into their time-out and are counted there.
      if n <= 0, hearth_errno() != EINTR { return }
      sent += Int(max(n, 0))
    }
  }

  /// Takes all datagrams that are there, once around.
  mutating func receive(
    _ verifier: inout ReplyVerifier, _ report: UnsafeMutablePointer<ThreadReport>, measuring: Bool
  ) {
    let n = calls.receiveMessages(descriptor, inMessages, UInt32(count), SystemCalls.dontWait, nil)
    guard n > 0 else { return }
    let now = hearth_monotonic_ns()
    for i in 0..<Int(n) {
      let started = accept(incoming + i * Self.largestDatagram, Int(inMessages[i].length), &verifier)
      if started > 0, measuring { report.pointee.record(nanoseconds: now &- started, requests: 1) }
    }
  }

  /// One datagram; the time its request was sent if that is answered now, else 0.
  private mutating func accept(
    _ bytes: UnsafeMutablePointer<UInt8>, _ length: Int, _ verifier: inout ReplyVerifier
  ) -> UInt64 {
    guard length >= Self.headerSize else {
      verifier.counts.wrong += 1
      return 0
    }
    let header = UInt64(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
    let identity = UInt16(header >> 48)
    let sequence = Int(header >> 32 & 0xFFFF)
    let total = Int(header >> 16 & 0xFFFF)
    // A late answer to a request that was given up is dropped.
    guard let i = (0..<count).first(where: { slots[$0].isBusy && slots[$0].identity == identity })
    else { return 0 }
    let data = length - Self.headerSize
    guard sequence < total, header & 0xFFFF == 0, sequence * Self.fullData + data <= replySize else {
      verifier.counts.wrong += 1
      free(i)
      return 0
    }
    if total == 1 { return check(i, bytes + Self.headerSize, data, &verifier) }
    hearth_copy(replies + i * replySize + sequence * Self.fullData, bytes + Self.headerSize, data)
    slots[i].received += 1
    slots[i].length = max(slots[i].length, sequence * Self.fullData + data)
    if slots[i].received < total { return 0 }
    return check(i, replies + i * replySize, slots[i].length, &verifier)
  }

  private mutating func check(
    _ i: Int, _ bytes: UnsafePointer<UInt8>, _ length: Int, _ verifier: inout ReplyVerifier
  ) -> UInt64 {
    var head = 0
    let used = verifier.consume(
      bytes, length, pending + i * entriesPerRequest, head: &head, total: slots[i].entries)
    free(i)
    if used == length, head == slots[i].entries { return slots[i].sentAt }
    // A mismatch has been counted; an incomplete reply has not.
    if used >= 0 { verifier.counts.wrong += 1 }
    return 0
  }

  private mutating func free(_ i: Int) {
    slots[i].isBusy = false
    busy -= 1
  }

  /// Frees the slots whose time is over; returns how many.
  mutating func giveUpStalled(_ now: UInt64) -> UInt64 {
    var lost: UInt64 = 0
    for i in 0..<count where slots[i].isBusy && now > slots[i].sentAt + DatagramThread.patience {
      free(i)
      lost += 1
    }
    return lost
  }
}
