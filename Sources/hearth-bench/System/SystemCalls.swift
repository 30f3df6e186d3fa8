import CHearth
import Glibc

/// Linux calls that the Glibc module does not export; looked up once. Plain C function pointers, so that the
/// load loops pay nothing.
struct SystemCalls: Sendable {
  typealias EpollCreate = @convention(c) (Int32) -> Int32
  typealias EpollControl = @convention(c) (Int32, Int32, Int32, UnsafeMutableRawPointer?) -> Int32
  typealias EpollWait = @convention(c) (Int32, UnsafeMutableRawPointer, Int32, Int32) -> Int32
  typealias Messages = @convention(c) (Int32, UnsafeMutableRawPointer, UInt32, Int32) -> Int32
  typealias TimedMessages =
    @convention(c) (Int32, UnsafeMutableRawPointer, UInt32, Int32, UnsafeMutableRawPointer?) -> Int32

  let epollCreate: EpollCreate
  let epollControl: EpollControl
  let epollWait: EpollWait
  let sendMessages: Messages
  let receiveMessages: TimedMessages

  static let shared = SystemCalls()

  private init() {
    let library = dlopen(nil, RTLD_NOW)
    func find(_ name: String) -> UnsafeMutableRawPointer {
      guard let symbol = dlsym(library, name) else { fatalError("this C library has no \(name)") }
      return symbol
    }
    epollCreate = unsafeBitCast(find("epoll_create1"), to: EpollCreate.self)
    epollControl = unsafeBitCast(find("epoll_ctl"), to: EpollControl.self)
    epollWait = unsafeBitCast(find("epoll_wait"), to: EpollWait.self)
    sendMessages = unsafeBitCast(find("sendmmsg"), to: Messages.self)
    receiveMessages = unsafeBitCast(find("recvmmsg"), to: TimedMessages.self)
  }

  // socket(7): these are enumeration members in C and do not all arrive in Swift as integers.
  static let dontWait: Int32 = 0x40
  static let noSignal: Int32 = 0x4000
  static let streamSocket: Int32 = 1
  static let datagramSocket: Int32 = 2
  static let closeOnExec: Int32 = 0o2000000
}
