/// Where a server listens.
enum Endpoint: Equatable, Sendable {
  case tcp(host: String, port: UInt16)
  case unix(path: String)
  case udp(host: String, port: UInt16)

  var isDatagram: Bool {
    if case .udp = self { return true }
    return false
  }
}

extension Endpoint: CustomStringConvertible {
  var description: String {
    switch self {
    case .tcp(let host, let port): "\(host):\(port)"
    case .unix(let path): path
    case .udp(let host, let port): "udp \(host):\(port)"
    }
  }
}
