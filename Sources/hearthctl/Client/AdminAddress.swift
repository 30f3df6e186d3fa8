import ArgumentParser
import Glibc

/// Where hearthd's admin interface is: written as in hearthd's `--admin`.
enum AdminAddress: Equatable, Sendable {
  case tcp(host: String, port: UInt16)
  case unix(path: String)

  static let preset = AdminAddress.tcp(host: "127.0.0.1", port: presetPort)
  private static let presetPort: UInt16 = 11280

  /// `11280`, `127.0.0.1`, `127.0.0.1:11280`, `[::1]:11280` or an absolute path; nil for anything else.
  init?(_ text: String) {
    if text.hasPrefix("/") {
      self = .unix(path: text)
      return
    }
    if let port = UInt16(text), port > 0 {
      self = .tcp(host: "127.0.0.1", port: port)
      return
    }
    var host = text[...]
    var port: Substring?
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      host = text[..<close].dropFirst()
      let rest = text[text.index(after: close)...]
      guard rest.isEmpty || rest.hasPrefix(":"), host.contains(":") else { return nil }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    let allowed = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"/[]@\\".utf8.contains($0) }
    // A whole number that is no port is no host either.
    guard !host.isEmpty, allowed, port != nil || !host.allSatisfy(\.isNumber) else { return nil }
    guard let number = port.map({ UInt16($0) }) ?? Self.presetPort, number > 0 else { return nil }
    self = .tcp(host: String(host), port: number)
  }

  /// The one that the environment names in HEARTH_ADMIN, else the preset.
  static func fromEnvironment() throws(Failure) -> AdminAddress {
    guard let value = getenv("HEARTH_ADMIN"), value.pointee != 0 else { return preset }
    let text = String(cString: value)
    guard let address = AdminAddress(text) else {
      throw .usage(
        "HEARTH_ADMIN: \(Format.printable(text)) is not an address; set it to ADDRESS:PORT or an absolute path"
      )
    }
    return address
  }

  /// For the Host header, which the interface compares with the names of loopback.
  var hostHeader: String { if case .tcp = self { description } else { "localhost" } }
}

extension AdminAddress: CustomStringConvertible {
  var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }
}

extension AdminAddress: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
