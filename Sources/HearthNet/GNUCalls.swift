// GNU extensions that the Glibc module does not show. Declared by symbol name: their arguments are plain
// integers and pointers, which the Swift and C conventions pass alike on the platforms of this package.

/// `struct msghdr` of <sys/socket.h>.
struct MessageHeader {
  var name: UnsafeMutableRawPointer?
  var nameLength: UInt32 = 0
  var vector: UnsafeMutableRawPointer?
  var vectorCount: Int = 0
  var control: UnsafeMutableRawPointer?
  var controlLength: Int = 0
  var flags: Int32 = 0
  /// The C struct ends on a multiple of eight; without this the field behind it would slide into its tail.
  private var padding: Int32 = 0

  init(name: UnsafeMutableRawPointer? = nil, vector: UnsafeMutableRawPointer? = nil, vectorCount: Int = 0) {
    self.name = name
    self.vector = vector
    self.vectorCount = vectorCount
  }
}

/// `struct mmsghdr`.
struct MultiMessage {
  var header = MessageHeader()
  /// Bytes received or sent.
  var count: UInt32 = 0
}

@_silgen_name("recvmmsg")
func gnuReceiveMessages(
  _ fd: Int32, _ messages: UnsafeMutableRawPointer, _ count: UInt32, _ flags: Int32,
  _ timeout: UnsafeMutableRawPointer?
) -> Int32

@_silgen_name("sendmmsg")
func gnuSendMessages(_ fd: Int32, _ messages: UnsafeMutableRawPointer, _ count: UInt32, _ flags: Int32)
  -> Int32

@_silgen_name("eventfd")
func gnuEventDescriptor(_ initial: UInt32, _ flags: Int32) -> Int32

@_silgen_name("pthread_setname_np")
func gnuNameThread(_ thread: UInt, _ name: UnsafePointer<CChar>) -> Int32
