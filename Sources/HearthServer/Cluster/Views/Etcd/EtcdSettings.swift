import Glibc
import HearthConfig
import HearthNet

/// Where an etcd is and what of it is ours.
struct EtcdSettings {
  /// The members as addresses, in the order in which they are tried. At least one.
  var endpoints: [ClusterConfiguration.Address]
  /// The key that has the view.
  var key: String
  /// Who logs in; nil: nobody has to.
  var login: (user: String, password: String)?
  /// Milliseconds that a connection and its answer are waited for.
  var timeout: Int
  /// Milliseconds between two looks at the key, which show that etcd is there and make good what the watch missed.
  var interval = 2000
  /// Milliseconds before members that have failed are tried again: the first time, and at most.
  var pauses = 100...2000

  /// Looks the names up, once, and reads the password: both may wait.
  init(_ etcd: ClusterConfiguration.Etcd, cluster: String) throws(ServerError) {
    endpoints = []
    for endpoint in etcd.endpoints {
      guard let found = try? SocketAddress.resolve(endpoint.host, endpoint.port), !found.isEmpty else {
        throw ServerError("cannot find out the address of the etcd member \(endpoint.host)")
      }
      for address in found {
        let place = ClusterConfiguration.Address(host: address.hostText, port: endpoint.port)
        if !endpoints.contains(place) { endpoints.append(place) }
      }
    }
    key = "\(etcd.prefix)\(cluster)/view"
    timeout = etcd.timeout
    guard let user = etcd.user, let path = etcd.passwordFile else { return }
    login = (user, try Self.password(path))
  }

  private static func password(_ path: String) throws(ServerError) -> String {
    guard let file = fopen(path, "re") else {
      throw ServerError("cannot read etcd's password_file \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
    while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
    guard !bytes.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
      throw ServerError("etcd's password_file \(path) must have the password in its first line, and no other")
    }
    return text
  }
}
