import CHearth
import Glibc

/// An epoll set. Owned by one load thread.
struct Poller: ~Copyable {
  private let descriptor: Int32
  private let calls: SystemCalls
  private let events: UnsafeMutableRawPointer
  private let capacity: Int32

  // epoll_event is packed on x86-64 only (epoll_ctl(2), <sys/epoll.h>).
  #if arch(x86_64)
    private static let stride = 12
    private static let dataOffset = 4
  #else
    private static let stride = 16
    private static let dataOffset = 8
  #endif
  private static let readable: UInt32 = 0x1
  private static let writable: UInt32 = 0x4

  init(capacity: Int) throws(SystemError) {
    calls = SystemCalls.shared
    descriptor = calls.epollCreate(SystemCalls.closeOnExec)
    if descriptor < 0 { throw SystemError(call: "epoll_create1") }
    self.capacity = Int32(max(capacity, 1))
    events = .allocate(byteCount: Int(self.capacity) * Self.stride, alignment: 8)
  }

  deinit {
    close(descriptor)
    events.deallocate()
  }

  func add(_ socket: Int32, tag: UInt32) { change(1, socket, tag, Self.readable) }
  func remove(_ socket: Int32) { change(2, socket, 0, 0) }
  func watchWritable(_ socket: Int32, tag: UInt32, _ wanted: Bool) {
    change(3, socket, tag, wanted ? Self.readable | Self.writable : Self.readable)
  }

  private func change(_ operation: Int32, _ socket: Int32, _ tag: UInt32, _ mask: UInt32) {
    withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { event in
      event.storeBytes(of: mask, as: UInt32.self)
      event.storeBytes(of: UInt64(tag), toByteOffset: Self.dataOffset, as: UInt64.self)
      _ = calls.epollControl(descriptor, operation, socket, event.baseAddress)
    }
  }

  /// The number of ready sockets; 0 after the time or a signal.
  @inline(__always)
  func wait(milliseconds: Int32) -> Int {
    Int(max(calls.epollWait(descriptor, events, capacity, milliseconds), 0))
  }

  /// The tag of the i-th ready socket of the last `wait`.
  @inline(__always)
  func tag(_ i: Int) -> Int {
    Int(events.loadUnaligned(fromByteOffset: i * Self.stride + Self.dataOffset, as: UInt32.self))
  }
}
