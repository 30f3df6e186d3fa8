/// Where the HTTP interface for operators listens. Nobody has to prove who he is there, so it is never reachable from
/// another machine.
public enum AdminListener: Sendable, Equatable {
  /// A loopback address (IPv4, IPv6 without brackets, or `localhost`) and port; port 0 is any free port.
  case tcp(address: String, port: UInt16)
  /// A unix socket with the permission bits of `mode`; the path is absolute.
  case unix(path: String, mode: UInt32)
}

extension AdminListener: CustomStringConvertible {
  /// `tcp 127.0.0.1:11280`, `tcp [::1]:11280`, `unix /run/hearth/admin.sock`: a `Listener` at the same place has the
  /// same description.
  public var description: String {
    switch self {
    case .tcp(let address, let port): Listener.tcp(address: address, port: port, pool: nil).description
    case .unix(let path, let mode): Listener.unix(path: path, mode: mode, pool: nil).description
    }
  }
}
