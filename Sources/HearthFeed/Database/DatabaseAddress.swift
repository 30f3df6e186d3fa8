/// How a database server is reached, and as whom.
public struct DatabaseAddress: Sendable, Equatable {
  /// How far the connection is protected.
  public enum Encryption: Sendable, Equatable {
    case off
    /// Encrypted, with whatever certificate the server shows.
    case required
    /// Encrypted, and the certificate must be of a known authority and of this host.
    case verified
  }

  /// Where the server listens.
  public enum Place: Sendable, Equatable {
    case host(String, port: UInt16)
    case socket(String)
  }

  /// Where it is.
  public var place: Place
  /// The account.
  public var user: String
  /// Its password. It is never written anywhere.
  public var password: String
  /// Of the connection.
  public var encryption: Encryption
  /// File of the authorities that are trusted; nil: those of the system.
  public var authority: String?
  /// Files of the client's own certificate and key.
  public var certificate: (String, key: String)?

  /// An address without encryption.
  public init(_ place: Place, user: String, password: String) {
    self.place = place
    self.user = user
    self.password = password
    encryption = .off
  }

  /// Without the account: `db1:3306`, or the path of the socket.
  public var description: String {
    switch place {
    case .host(let name, let port): name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    case .socket(let path): path
    }
  }

  /// Everything but the certificate's files is compared by value; those by name.
  public static func == (a: DatabaseAddress, b: DatabaseAddress) -> Bool {
    a.place == b.place && a.user == b.user && a.password == b.password && a.encryption == b.encryption
      && a.authority == b.authority && a.certificate?.0 == b.certificate?.0
      && a.certificate?.key == b.certificate?.key
  }
}
