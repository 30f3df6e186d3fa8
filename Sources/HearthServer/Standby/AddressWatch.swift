import CHearth
import CLibevent
import Glibc
import HearthNet

/// Tells when the floating address comes to this machine and when it goes, within the kernel's notice of it. It belongs to
/// the thread of the loop that it was given, which makes it and lets go of it, and whose `changed` it calls.
final class AddressWatch {
  /// Seconds until the list of addresses is asked for again after a failure.
  private static let pause = 1
  /// The kernel's largest message of a list.
  private static let bufferSize = 32 << 10
  /// Milliseconds that the first list is waited for.
  private static let firstListPatience: Int32 = 2000

  private let address: [UInt8]
  private let changed: (_ isHere: Bool) -> Void
  private let descriptor: Int32
  private let buffer: UnsafeMutableRawPointer
  private var presence = AddressPresence()
  private var readable: UnsafeMutablePointer<event>?
  private var timer: UnsafeMutablePointer<event>?
  /// A list was asked for and has not ended.
  private var awaitsList = false
  /// The machine has the address.
  private(set) var isHere = false

  /// Looks whether the address is here (`isHere`, without a call of `changed`), and listens from then on. The time is the kernel's,
  /// below a millisecond, at most two seconds.
  init(
    _ floating: FloatingAddress, base: OpaquePointer, changed: @escaping (_ isHere: Bool) -> Void
  ) throws(ServerError) {
    address = floating.address.hostBytes
    self.changed = changed
    descriptor = hearth_netlink_open()
    guard descriptor >= 0 else {
      throw ServerError("cannot watch the machine's addresses: netlink: \(String(cString: strerror(errno)))")
    }
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
    let context = Unmanaged.passUnretained(self).toOpaque()
    readable = event_new(base, descriptor, Int16(EV_READ | EV_PERSIST), addressNewsHasCome, context)
    timer = event_new(base, -1, 0, addressListIsDue, context)
    guard let readable, timer != nil, event_add(readable, nil) == 0 else {
      throw ServerError("libevent: cannot add events")
    }
    list()
    var waits = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    while awaitsList, poll(&waits, 1, Self.firstListPatience) > 0 { receive { _ in } }
    isHere = presence.isHere
  }

  deinit {
    if let readable { event_free(readable) }
    if let timer { event_free(timer) }
    buffer.deallocate()
    SystemCalls.closeDescriptor(descriptor)
  }

  /// Asks for all addresses of the family.
  fileprivate func list() {
    presence.listBegins()
    awaitsList = hearth_netlink_list(descriptor, address.count == 4 ? AF_INET : AF_INET6) == 0
    if !awaitsList { listLater() }
  }

  private func listLater() {
    awaitsList = false
    var delay = timeval(tv_sec: Self.pause, tv_usec: 0)
    event_add(timer, &delay)
  }

  fileprivate func receive() { receive(changed) }

  /// Takes all messages that wait. An address that went and came meanwhile is told twice.
  private func receive(_ tell: (_ isHere: Bool) -> Void) {
    while true {
      let count = hearth_netlink_receive(descriptor, buffer, Self.bufferSize)
      if count < 0 {
        guard hearth_errno() == ENOBUFS else { return }
        if awaitsList { presence.messagesWereLost() } else { list() }
        continue
      }
      var offset = 0
      while offset < count {
        var message = hearth_address_message()
        offset = hearth_netlink_next(buffer, count, offset, &message)
        guard let news = news(message) else { continue }
        let step = presence.take(news)
        if news == .listEnds || news == .listFailed { endList(news, step) }
        if presence.isHere != isHere {
          isHere = presence.isHere
          tell(isHere)
        }
      }
    }
  }

  private func endList(_ news: AddressPresence.News, _ step: AddressPresence.Step) {
    guard awaitsList else { return }
    awaitsList = false
    // At once if it was overtaken by a change; after a pause if the kernel refused.
    if step == .listAgain { news == .listEnds ? list() : listLater() }
  }

  /// What a message says of the address or a list; nil: nothing.
  private func news(_ message: hearth_address_message) -> AddressPresence.News? {
    switch message.kind {
    case UInt32(HEARTH_ADDRESS_LIST_ENDS): return .listEnds
    case UInt32(HEARTH_ADDRESS_LIST_FAILED): return .listFailed
    case UInt32(HEARTH_ADDRESS_ADDED), UInt32(HEARTH_ADDRESS_REMOVED):
      let isIt = withUnsafeBytes(of: message.address) {
        $0.prefix(Int(message.length)).elementsEqual(address)
      }
      guard isIt else { return nil }
      return message.kind == UInt32(HEARTH_ADDRESS_ADDED)
        ? .added(interface: message.interface) : .removed(interface: message.interface)
    default: return nil
    }
  }
}

func addressNewsHasCome(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  guard let argument else { return }
  Unmanaged<AddressWatch>.fromOpaque(argument).takeUnretainedValue().receive()
}

func addressListIsDue(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  guard let argument else { return }
  Unmanaged<AddressWatch>.fromOpaque(argument).takeUnretainedValue().list()
}
