import CHearth
import Glibc

/// The socket of one herd client, with what it has received of a reply. Owned by one thread.
struct HerdConnection {
  let descriptor: Int32
  private let input: UnsafeMutablePointer<UInt8>
  private var length = 0
  private(set) var isOpen = true

  /// A reply is a value, its header and END.
  private static let capacity = HerdValue.size + 512

  /// Takes over the descriptor.
  init(_ socket: consuming Socket) {
    descriptor = socket.release()
    input = .allocate(capacity: Self.capacity)
  }

  mutating func closeNow() {
    if isOpen { close(descriptor) }
    isOpen = false
  }

  func deallocate() { input.deallocate() }

  /// False when the connection failed. A socket on which nothing else is under way takes a request of this size
  /// whole; one that does not has failed.
  func send(_ bytes: [UInt8]) -> Bool {
    while true {
      let n = Glibc.send(
        descriptor, bytes, bytes.count, SystemCalls.noSignal | SystemCalls.dontWait)
      if n == bytes.count { return true }
      if n >= 0 || hearth_errno() != EINTR { return false }
    }
  }

  /// The reply, if it is complete by now.
  mutating func receive(key: String) -> HerdReply? {
    let n = recv(descriptor, input + length, Self.capacity - length, SystemCalls.dontWait)
    if n <= 0 {
      let code = n == 0 ? 0 : hearth_errno()
      return code == EAGAIN || code == EINTR ? nil : .wrong("the connection was closed")
    }
    length += n
    let reply = HerdReply.parse(UnsafeBufferPointer(start: input, count: length), key: key)
    if reply != nil {
      length = 0
    } else if length == Self.capacity {
      return .wrong("a reply that does not end")
    }
    return reply
  }
}
