/// Where a database server is and how to get in.
public struct DatabaseServer: Sendable, Equatable {
  /// Where it listens.
  public enum Place: Sendable, Equatable {
    /// A name or an address, and a port.
    case tcp(host: String, port: UInt16)
    /// Absolute path of a unix socket.
    case socket(String)
  }

  /// Where the password is. It is read at every connection, so it can be changed without a restart.
  public enum Password: Sendable, Equatable {
    /// The account has none, or the socket knows who asks.
    case none
    /// Absolute path of a file that holds nothing else.
    case file(String)
    /// Name of a variable of the environment.
    case environment(String)
  }

  /// What is asked of the connection.
  public enum TLS: String, Sendable, CaseIterable {
    /// Encrypted, by whomever.
    case required
    /// Encrypted, and the certificate has to be the server's.
    case verify
    /// As it is: for the same machine.
    case off
  }

  /// MySQL's port.
  public static let presetPort: UInt16 = 3306

  /// Where it listens.
  public var place: Place
  /// The account.
  public var user: String
  /// Its password.
  public var password = Password.none
  /// `off` for the same machine, else `verify`, unless the file says otherwise.
  public var tls: TLS
  /// Absolute path of the certificates that are trusted; nil: the system's.
  public var certificateAuthority: String?
  /// Absolute path of the client's certificate; with `key` or not at all.
  public var certificate: String?
  /// Absolute path of its key.
  public var key: String?

  /// An account without a password.
  public init(place: Place, user: String, tls: TLS) {
    self.place = place
    self.user = user
    self.tls = tls
  }
}

extension DatabaseServer.Place: CustomStringConvertible {
  /// For logs: `db.example:3306`, `[::1]:3306`, `/run/mysqld/mysqld.sock`.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .socket(let path): path
    }
  }

  /// On the same machine, so that nobody listens in.
  var isLocal: Bool {
    guard case .tcp(let host, _) = self else { return true }
    return host == "localhost" || host == "::1"
      || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
  }
}
