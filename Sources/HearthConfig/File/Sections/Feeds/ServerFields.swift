/// The keys of a database server: `host`, `port` or `socket`, `user`, the password's place, `tls`.
enum ServerFields {
  /// A server as it was written.
  private struct ServerDraft: Sendable {
    var host: Located<String>?
    var port: Located<Int>?
    var socket: Located<String>?
    var user: String?
    var password: Located<DatabaseServer.Password>?
    var tls: DatabaseServer.TLS?
    var certificateAuthority: Located<String>?
    var certificate: Located<String>?
    var key: Located<String>?
  }

  static func read(_ entry: Entry) throws(ConfigurationError) -> DatabaseServer {
    for (key, value) in try entry.pairs() where key == "password" {
      throw value.error(
        "a password has no place in this file",
        "write it to a file that only hearthd can read and name that with password_file:, "
          + "or a variable with password_environment:")
    }
    var draft = ServerDraft()
    try entry.read(fields, into: &draft)
    let place = try place(draft, entry)
    guard let user = draft.user else {
      throw entry.error("it has no user", "add user:, the account to log in with")
    }
    var server = DatabaseServer(place: place, user: user, tls: draft.tls ?? (place.isLocal ? .off : .verify))
    server.password = draft.password?.value ?? .none
    for path in [draft.certificateAuthority, draft.certificate, draft.key] where server.tls == .off {
      if let path {
        throw path.origin.error("the connection has no TLS", "add tls: verify, or remove the key")
      }
    }
    if let certificate = draft.certificate ?? draft.key, draft.certificate == nil || draft.key == nil {
      throw certificate.origin.error(
        "a client's certificate and its key belong together", "give certificate: and key:, or neither")
    }
    server.certificateAuthority = draft.certificateAuthority?.value
    server.certificate = draft.certificate?.value
    server.key = draft.key?.value
    return server
  }

  private static func place(
    _ draft: ServerDraft, _ entry: Entry
  ) throws(ConfigurationError) -> DatabaseServer.Place {
    if let socket = draft.socket {
      if let other = draft.host?.origin ?? draft.port?.origin {
        throw other.error("there is a socket too", "give host: and port:, or socket:")
      }
      try ListenersSection.check(unixPath: socket)
      return .socket(socket.value)
    }
    guard let host = draft.host else {
      throw entry.error("it has no place", "add host: or socket:, as in host: 127.0.0.1")
    }
    do throws(HostPort.Problem) {
      let isBare = host.value.contains(":") && !(host.value.hasPrefix("[") && host.value.hasSuffix("]"))
      let written = try HostPort(isBare ? "[\(host.value)]" : host.value)
      return .tcp(host: written.host, port: UInt16(draft.port?.value ?? Int(DatabaseServer.presetPort)))
    } catch {
      throw host.origin.error(error.problem, "give a name or an address, and the port in port:")
    }
  }

  private static let fields: [Field<ServerDraft>] = [
    Field("host") { (entry, server) throws(ConfigurationError) in server.host = try entry.text("127.0.0.1") },
    Field("port") { (entry, server) throws(ConfigurationError) in server.port = try entry.integer(1...65535)
    },
    Field("socket") { (entry, server) throws(ConfigurationError) in
      server.socket = Located(try entry.absolutePath(), entry.origin)
    },
    Field("user") { (entry, server) throws(ConfigurationError) in server.user = try filled(entry) },
    Field("password_file") { (entry, server) throws(ConfigurationError) in
      try set(.file(try entry.absolutePath()), entry, &server)
    },
    Field("password_environment") { (entry, server) throws(ConfigurationError) in
      let name = try filled(entry)
      guard !name.contains("=") else {
        throw entry.error("\(quoted(name)) is not the name of a variable", "write it as in DB_PASSWORD")
      }
      try set(.environment(name), entry, &server)
    },
    Field("tls") { (entry, server) throws(ConfigurationError) in
      server.tls = try entry.choice(of: DatabaseServer.TLS.self)
    },
    Field("ca") { (entry, server) throws(ConfigurationError) in
      server.certificateAuthority = Located(try entry.absolutePath(), entry.origin)
    },
    Field("certificate") { (entry, server) throws(ConfigurationError) in
      server.certificate = Located(try entry.absolutePath(), entry.origin)
    },
    Field("key") { (entry, server) throws(ConfigurationError) in
      server.key = Located(try entry.absolutePath(), entry.origin)
    },
  ]

  private static func set(
    _ password: DatabaseServer.Password, _ entry: Entry, _ server: inout ServerDraft
  ) throws(ConfigurationError) {
    guard server.password == nil else {
      throw entry.error(
        "there are two places of the password", "keep one of password_file and password_environment")
    }
    server.password = Located(password, entry.origin)
  }

  private static func filled(_ entry: Entry) throws(ConfigurationError) -> String {
    try ProcessSection.filled(try entry.text())
  }
}
