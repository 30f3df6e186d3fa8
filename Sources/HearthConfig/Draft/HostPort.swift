import Glibc

/// An address with an optional port, as `-l` and `listeners` write it: `127.0.0.1`, `127.0.0.1:11211`, `[::1]:11211`,
/// `::1`, `cache.example:11211`, `*` (every IPv4 address).
struct HostPort: Equatable, Sendable {
  var host: String
  var port: UInt16?

  /// Why a text is not an address: what is wrong and the remedy.
  struct Problem: Error, Equatable {
    let problem: String
    let remedy: String
  }

  init(host: String, port: UInt16?) {
    self.host = host
    self.port = port
  }

  init(_ text: String) throws(Problem) {
    var host = text[...]
    var port: Substring?
    if host.first == "[" {
      guard let close = host.firstIndex(of: "]") else {
        throw Problem(problem: "\(quoted(text)) has no closing bracket", remedy: "write [::1]:11211")
      }
      let rest = host[host.index(after: close)...]
      if !rest.isEmpty {
        guard rest.first == ":" else {
          throw Problem(problem: "\(quoted(text)) is not an address", remedy: "write [::1]:11211")
        }
        port = rest.dropFirst()
      }
      host = host[host.index(after: host.startIndex)..<close]
      guard host.contains(":") else {
        throw Problem(
          problem: "\(quoted(String(host))) is not an IPv6 address",
          remedy: "keep brackets for IPv6, as in [::1]")
      }
    } else if host.count(where: { $0 == ":" }) == 1, let colon = host.firstIndex(of: ":") {
      port = host[host.index(after: colon)...]
      host = host[..<colon]
    }
    self.host = host == "*" ? "0.0.0.0" : String(host)
    if let port {
      guard let number = Quantity.integer(port), let valid = UInt16(exactly: number) else {
        throw Problem(
          problem: "invalid port number \(quoted(String(port)))", remedy: "give a port from 0 to 65535")
      }
      self.port = valid
    }
    try Self.check(self.host)
  }

  private static func check(_ host: String) throws(Problem) {
    let allowed = host.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        return true
      default: return ".-_:%".utf8.contains(byte)
      }
    }
    guard !host.isEmpty, host.utf8.count <= 255, allowed else {
      throw Problem(
        problem: "\(quoted(host)) is not an address",
        remedy: "give an IP address or a host name, as in 127.0.0.1")
    }
    var buffer = in6_addr()
    if host.contains(":") {
      let address = host.prefix { $0 != "%" }
      guard inet_pton(AF_INET6, String(address), &buffer) == 1 else {
        throw Problem(problem: "\(quoted(host)) is not an IPv6 address", remedy: "write [::1]:11211")
      }
    } else if host.allSatisfy({ $0.isNumber || $0 == "." }), inet_pton(AF_INET, host, &buffer) != 1 {
      throw Problem(problem: "\(quoted(host)) is not an IPv4 address", remedy: "write it as in 127.0.0.1")
    }
  }
}
