import CHearth
import Glibc

/// An address that moves between machines, and whether clients are served there at this moment: one word that every
/// thread reads. A handle to memory that lives for ever.
public struct FloatingAddress {
  /// Without a port.
  public let address: SocketAddress
  private let served: UnsafeMutablePointer<UInt64>

  /// Nobody is served yet. The text is an IPv4 or IPv6 literal.
  public init(_ literal: String) throws(NetError) {
    guard let address = try SocketAddress.resolve(literal, 0).first else {
      throw NetError("\(literal) is not an address")
    }
    self.address = address
    served = .allocate(capacity: 1)
    served.initialize(to: 0)
  }

  /// Connections to the address are accepted and datagrams answered. Any thread; who turns it off has to close the
  /// connections that are there (`EventLoop.closeFloating`).
  public var isServed: Bool {
    get { hearth_atomic_load64(served) != 0 }
    nonmutating set { hearth_atomic_store64(served, newValue ? 1 : 0) }
  }

  /// What comes to this place may have come to the floating address.
  func isWithin(_ place: SocketAddress) -> Bool {
    place.family == address.family && (place.isUnspecified || place.hasSameHost(as: address))
  }

  /// The socket's own end is the floating address.
  func isLocal(_ fd: Int32) -> Bool { SocketAddress.of(fd, peer: false)?.hasSameHost(as: address) ?? false }
}
