import CHearth
import CLibevent
import Glibc

/// A UDP socket of one loop: up to 64 datagrams are received with one call, replies leave likewise. Lives behind a
/// pointer; its loop's thread only.
public struct DatagramSocket: ~Copyable {
  static let batch = 64
  /// Room per received datagram; the odd remainder keeps neighbours in different cache sets.
  static let slotSize = 65_536 + 192
  /// Largest datagram sent (protocol: 1400 bytes with the frame header).
  public static let replySize = 1400

  /// The socket.
  public let descriptor: Int32
  /// Given by whoever opened it.
  public let tag: Int32
  /// Peers can only be on this machine.
  public let isLoopback: Bool
  /// Where it is bound.
  public let address: SocketAddress
  /// Set: it is bound there.
  let floating: FloatingAddress?
  /// The next socket with datagrams in this round.
  public internal(set) var nextReady: UnsafeMutablePointer<DatagramSocket>?
  /// Datagrams received in this round.
  public internal(set) var count = 0

  var loop: UnsafeMutablePointer<EventLoop>?
  var event: UnsafeMutablePointer<CLibevent.event>?
  let input: UnsafeMutableRawPointer
  let output: UnsafeMutableRawPointer
  let received: UnsafeMutablePointer<MultiMessage>
  let toSend: UnsafeMutablePointer<MultiMessage>
  let vectors: UnsafeMutablePointer<iovec>
  let peers: UnsafeMutablePointer<sockaddr_storage>
  var sendCount = 0

  /// Binds one socket per tag-and-address; call once per loop with `reusePort` and the same port. The machine need not
  /// have the address `floating`; while that is not served such a socket reads and drops.
  public static func bind(
    _ host: String, port: UInt16, tag: Int32, reusePort: Bool, floating: FloatingAddress? = nil
  ) throws(NetError) -> UnsafeMutablePointer<DatagramSocket> {
    guard var address = try SocketAddress.resolve(host, port, datagram: true).first else {
      throw NetError("cannot listen on \(host):\(port) (UDP): no such address")
    }
    let fd = try Listener.bindSocket(
      address, SOCK_DGRAM, "\(host):\(port) (UDP)", reusePort: reusePort, floating: floating)
    SystemCalls.setOption(fd, SOL_SOCKET, SO_RCVBUF, 4 << 20)
    SystemCalls.setOption(fd, SOL_SOCKET, SO_SNDBUF, 4 << 20)
    address = SocketAddress.of(fd, peer: false) ?? address
    let s = UnsafeMutablePointer<DatagramSocket>.allocate(capacity: 1)
    let isFloating = floating?.address.hasSameHost(as: address) ?? false
    s.initialize(
      to: DatagramSocket(
        descriptor: fd, tag: tag, address: address, floating: isFloating ? floating : nil))
    return s
  }

  private init(descriptor: Int32, tag: Int32, address: SocketAddress, floating: FloatingAddress?) {
    self.descriptor = descriptor
    self.tag = tag
    self.address = address
    self.floating = floating
    isLoopback = address.isLoopback
    let n = Self.batch
    input = .allocate(byteCount: n * Self.slotSize, alignment: 4096)
    output = .allocate(byteCount: n * Self.replySize, alignment: 64)
    received = .allocate(capacity: n)
    toSend = .allocate(capacity: n)
    vectors = .allocate(capacity: 2 * n)
    peers = .allocate(capacity: n)
    for i in 0..<n {
      vectors[i] = iovec(iov_base: input + i * Self.slotSize, iov_len: 65_536)
      vectors[n + i] = iovec(iov_base: output + i * Self.replySize, iov_len: 0)
      received[i] = MultiMessage(header: MessageHeader(name: peers + i, vector: vectors + i, vectorCount: 1))
      toSend[i] = MultiMessage(header: MessageHeader(name: nil, vector: vectors + (n + i), vectorCount: 1))
    }
  }

  /// Joins a loop, before that loop is started.
  public static func join(_ s: UnsafeMutablePointer<DatagramSocket>, _ loop: UnsafeMutablePointer<EventLoop>)
  {
    s.pointee.loop = loop
    s.pointee.event = event_new(
      loop.pointee.base, s.pointee.descriptor, Int16(EV_READ | EV_PERSIST), datagramsWait, s)
    if let event = s.pointee.event { event_add(event, nil) }
  }

  /// Bytes of a received datagram.
  public func datagram(_ i: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: input + i * Self.slotSize, count: Int(received[i].count))
  }

  /// Nobody is to be answered.
  private var isMute: Bool { floating.map { !$0.isServed } ?? false }

  static func receive(_ s: UnsafeMutablePointer<DatagramSocket>) {
    guard let loop = s.pointee.loop else { return }
    for i in 0..<batch {
      s.pointee.received[i].header.nameLength = UInt32(MemoryLayout<sockaddr_storage>.size)
    }
    let n = gnuReceiveMessages(
      s.pointee.descriptor, s.pointee.received, UInt32(batch), Int32(MSG_DONTWAIT), nil)
    if n <= 0 || s.pointee.isMute { return }
    s.pointee.count = Int(n)
    loop.pointee.counters.reads &+= 1
    for i in 0..<Int(n) { loop.pointee.counters.bytesRead &+= UInt64(s.pointee.received[i].count) }
    loop.pointee.noteDatagrams(s)
  }

  /// Room for the next datagram to send, `replySize` bytes; sends what is collected when there is none.
  public static func replyRoom(_ s: UnsafeMutablePointer<DatagramSocket>) -> UnsafeMutableRawPointer {
    if s.pointee.sendCount == batch { flush(s) }
    return s.pointee.output + s.pointee.sendCount * replySize
  }

  /// Adds the datagram written into `replyRoom`, addressed to the sender of datagram `i`.
  public static func reply(_ s: UnsafeMutablePointer<DatagramSocket>, to i: Int, count: Int) {
    let k = s.pointee.sendCount
    s.pointee.vectors[batch + k].iov_len = count
    s.pointee.toSend[k].header.name = s.pointee.received[i].header.name
    s.pointee.toSend[k].header.nameLength = s.pointee.received[i].header.nameLength
    s.pointee.sendCount = k + 1
  }

  /// Sends what is collected. What the socket does not take is lost, as datagrams are.
  public static func flush(_ s: UnsafeMutablePointer<DatagramSocket>) {
    let total = s.pointee.sendCount
    s.pointee.sendCount = 0
    if s.pointee.isMute { return }
    var done = 0
    while done < total {
      let n = gnuSendMessages(
        s.pointee.descriptor, s.pointee.toSend + done, UInt32(total - done), Int32(MSG_DONTWAIT))
      if n <= 0 {
        if n < 0, hearth_errno() == EINTR { continue }
        // One peer may be unreachable; the others are not to suffer.
        done += 1
        continue
      }
      for k in done..<done + Int(n) {
        s.pointee.loop?.pointee.counters.bytesWritten &+= UInt64(s.pointee.toSend[k].count)
      }
      s.pointee.loop?.pointee.counters.writes &+= 1
      done += Int(n)
    }
  }
}

func datagramsWait(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  DatagramSocket.receive(argument.unsafelyUnwrapped.assumingMemoryBound(to: DatagramSocket.self))
}
