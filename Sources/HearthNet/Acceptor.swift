import CHearth
import CLibevent
import Glibc

/// Accepts connections on the main thread and deals them out to the loops in turn. Survives running out of
/// descriptors: a spare one is kept to refuse the next peer with a word, then accepting rests for 10 ms.
public struct Acceptor: ~Copyable {
  struct Entry {
    var event: UnsafeMutablePointer<CLibevent.event>
    var descriptor: Int32
    var tag: Int32
    /// What a refused peer is told.
    var refusal: StaticString
    /// Its peers are let in however many connections there are.
    var isUnlimited: Bool
    /// Its peers may have connected to the floating address.
    var mayFloat: Bool
    var acceptor: UnsafeMutablePointer<Acceptor>
  }

  let base: OpaquePointer
  let loops: [UnsafeMutablePointer<EventLoop>]
  let counts: ConnectionCounts
  /// The address at which peers are let in only while it is served.
  let floating: FloatingAddress?
  var nextLoop = 0
  var spare: Int32
  var listeners: [UnsafeMutablePointer<Listener>] = []
  var entries: [UnsafeMutablePointer<Entry>] = []
  var pauseTimer: UnsafeMutablePointer<CLibevent.event>?

  /// Most connections accepted in one go, so that signals are seen in a flood too.
  static let burst = 256

  /// An acceptor on the main loop `base`, behind a pointer because events refer to it.
  public static func make(
    base: OpaquePointer, loops: [UnsafeMutablePointer<EventLoop>], counts: ConnectionCounts,
    floating: FloatingAddress? = nil
  ) -> UnsafeMutablePointer<Acceptor> {
    let a = UnsafeMutablePointer<Acceptor>.allocate(capacity: 1)
    a.initialize(
      to: Acceptor(
        base: base, loops: loops, counts: counts, floating: floating, spare: openSpare(), pauseTimer: nil))
    a.pointee.pauseTimer = event_new(base, -1, 0, acceptingResumes, a)
    return a
  }

  private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

  /// Takes over a listener and accepts from it. `refusal` is what a peer is told for whom there is no room; one of an unlimited listener
  /// always has.
  public static func add(
    _ a: UnsafeMutablePointer<Acceptor>, _ listener: consuming Listener, refusal: StaticString,
    isUnlimited: Bool = false
  ) {
    let fd = listener.descriptor
    let tag = listener.tag
    let mayFloat = a.pointee.floating?.isWithin(listener.address) ?? false
    let kept = UnsafeMutablePointer<Listener>.allocate(capacity: 1)
    kept.initialize(to: listener)
    a.pointee.listeners.append(kept)
    let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
    guard let event = event_new(a.pointee.base, fd, Int16(EV_READ | EV_PERSIST), connectionsWait, entry)
    else {
      return
    }
    entry.initialize(
      to: Entry(
        event: event, descriptor: fd, tag: tag, refusal: refusal, isUnlimited: isUnlimited,
        mayFloat: mayFloat, acceptor: a))
    a.pointee.entries.append(entry)
    event_add(event, nil)
  }

  /// Stops accepting for good and closes the listeners.
  public static func close(_ a: UnsafeMutablePointer<Acceptor>) {
    for entry in a.pointee.entries {
      event_free(entry.pointee.event)
      entry.deallocate()
    }
    a.pointee.entries = []
    for listener in a.pointee.listeners {
      listener.deinitialize(count: 1)
      listener.deallocate()
    }
    a.pointee.listeners = []
  }

  static func acceptSome(_ entry: UnsafeMutablePointer<Entry>) {
    let a = entry.pointee.acceptor
    for _ in 0..<burst {
      let fd = SystemCalls.acceptConnection(entry.pointee.descriptor)
      if fd < 0 {
        if fd == -EMFILE || fd == -ENFILE || fd == -ENOBUFS || fd == -ENOMEM {
          outOfDescriptors(a, entry)
        }
        return
      }
      let isFloating = entry.pointee.mayFloat && a.pointee.floating?.isLocal(fd) == true
      if isFloating, turnAway(a, fd) { continue }
      if a.pointee.counts.current >= UInt64(a.pointee.counts.limit), !entry.pointee.isUnlimited {
        refuse(a, fd, entry.pointee.refusal)
        continue
      }
      SystemCalls.setOption(fd, Int32(IPPROTO_TCP), TCP_NODELAY)
      a.pointee.loops[a.pointee.nextLoop].pointee.adopt(
        fd, tag: entry.pointee.tag, isFloating: isFloating)
      a.pointee.nextLoop = (a.pointee.nextLoop + 1) % a.pointee.loops.count
    }
  }

  /// Resets a connection to the floating address if that is not served now: another machine may have to answer there.
  private static func turnAway(_ a: UnsafeMutablePointer<Acceptor>, _ fd: Int32) -> Bool {
    if a.pointee.floating?.isServed != false { return false }
    SystemCalls.resetOnClose(fd)
    SystemCalls.closeDescriptor(fd)
    return true
  }

  private static func refuse(
    _ a: UnsafeMutablePointer<Acceptor>, _ fd: Int32, _ text: StaticString
  ) {
    a.pointee.counts.connectionRejected()
    _ = SystemCalls.transmit(fd, text.utf8Start, text.utf8CodeUnitCount)
    SystemCalls.closeDescriptor(fd)
  }

  private static func outOfDescriptors(
    _ a: UnsafeMutablePointer<Acceptor>, _ entry: UnsafeMutablePointer<Entry>
  ) {
    if a.pointee.spare >= 0 {
      SystemCalls.closeDescriptor(a.pointee.spare)
      let fd = SystemCalls.acceptConnection(entry.pointee.descriptor)
      if fd >= 0 {
        let isFloating = entry.pointee.mayFloat && a.pointee.floating?.isLocal(fd) == true
        if !isFloating || !turnAway(a, fd) { refuse(a, fd, entry.pointee.refusal) }
      }
      a.pointee.spare = openSpare()
    }
    a.pointee.counts.acceptingPaused()
    for entry in a.pointee.entries { event_del(entry.pointee.event) }
    var pause = timeval(tv_sec: 0, tv_usec: 10_000)
    event_add(a.pointee.pauseTimer, &pause)
  }

  static func resume(_ a: UnsafeMutablePointer<Acceptor>) {
    a.pointee.counts.acceptingResumed()
    for entry in a.pointee.entries { event_add(entry.pointee.event, nil) }
  }
}

func connectionsWait(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  Acceptor.acceptSome(argument.unsafelyUnwrapped.assumingMemoryBound(to: Acceptor.Entry.self))
}

func acceptingResumes(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  Acceptor.resume(argument.unsafelyUnwrapped.assumingMemoryBound(to: Acceptor.self))
}
