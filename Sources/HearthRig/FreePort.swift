import Glibc
import Synchronization

/// Ports for servers that tests and measurements start. Below those that the kernel gives to outgoing connections, which could take one between the look and
/// the start; and never the same twice, because tests run side by side.
public enum FreePort {
  private static let range = 12_000..<32_000
  private static let taken = Atomic<Int>(Int(getpid()) % 200 * 100)

  /// A port on 127.0.0.1 that is free for TCP and UDP at this moment.
  public static func next() throws(RigError) -> UInt16 {
    for _ in range {
      let number = taken.add(1, ordering: .relaxed).oldValue
      let port = UInt16(range.lowerBound + number % range.count)
      if isFree(port, SOCK_STREAM) && isFree(port, SOCK_DGRAM) { return port }
    }
    throw RigError("no port is free")
  }

  private static func isFree(_ port: UInt16, _ kind: __socket_type) -> Bool {
    let descriptor = socket(AF_INET, CInt(kind.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
    }
  }
}
