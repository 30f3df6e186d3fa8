import Glibc
import HearthConfig

extension DatabaseAddress {
  /// The server of the configuration, with its password as it is now.
  init(_ server: DatabaseServer) throws(DatabaseError) {
    let place: Place =
      switch server.place {
      case .tcp(let host, let port): .host(host, port: port)
      case .socket(let path): .socket(path)
      }
    self.init(place, user: server.user, password: try Self.password(server.password))
    encryption =
      switch server.tls {
      case .off: .off
      case .required: .required
      case .verify: .verified
      }
    authority = server.certificateAuthority
    if let certificate = server.certificate, let key = server.key {
      self.certificate = (certificate, key: key)
    }
  }

  private static func password(_ password: DatabaseServer.Password) throws(DatabaseError) -> String {
    switch password {
    case .none: return ""
    case .environment(let name):
      guard let value = getenv(name) else {
        throw DatabaseError("password_environment: there is no variable \(name) in the environment")
      }
      return String(cString: value)
    case .file(let path):
      guard let file = fopen(path, "re") else {
        throw DatabaseError("password_file: cannot read \(path): \(String(cString: strerror(errno)))")
      }
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = fread(&bytes, 1, bytes.count, file)
      var text = bytes[..<count]
      while let last = text.last, last == 10 || last == 13 { text.removeLast() }
      return String(decoding: text, as: UTF8.self)
    }
  }
}
