/// One place where the daemon waits for clients.
public enum Listener: Sendable, Equatable {
  /// A TCP address (IPv4, IPv6 without brackets, or a host name) and port; port 0 is any free port. With a pool
  /// every key of its connections belongs to that pool, whatever the prefixes say.
  case tcp(address: String, port: UInt16, pool: String?)
  /// A unix socket with the permission bits of `mode`.
  case unix(path: String, mode: UInt32, pool: String?)
  /// A UDP address and port; port 0 is any free port.
  case udp(address: String, port: UInt16)

  /// The pool that owns the connections of this listener; nil when keys choose by prefix.
  public var pool: String? {
    switch self {
    case .tcp(_, _, let pool), .unix(_, _, let pool): return pool
    case .udp: return nil
    }
  }
}

extension Listener: CustomStringConvertible {
  /// `tcp 127.0.0.1:11211`, `tcp [::1]:11211`, `unix /run/hearth.sock`, `udp 127.0.0.1:11211`.
  public var description: String {
    func joined(_ address: String, _ port: UInt16) -> String {
      address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
    switch self {
    case .tcp(let address, let port, _): return "tcp \(joined(address, port))"
    case .unix(let path, _, _): return "unix \(path)"
    case .udp(let address, let port): return "udp \(joined(address, port))"
    }
  }
}
