import Glibc
import HearthRig

/// Two daemons of a pair on the machines `a` and `b` of a network. Their role files are in a directory each.
struct StandbySite {
  let network: VirtualNetwork
  private let folders: [String: TemporaryFolder]
  private let configuration: TemporaryFolder

  init() throws {
    network = try VirtualNetwork()
    folders = ["a": try TemporaryFolder(), "b": try TemporaryFolder()]
    configuration = try TemporaryFolder()
    try configuration.write("secret", "a secret of the pair\n")
  }

  func roleFile(_ host: String) -> String { folders[host]?.file("role") ?? "" }

  /// What the daemon or the test wrote last.
  func role(_ host: String) -> Int? { Int(readText(roleFile(host)).prefix { $0 != "\n" }) }

  /// Tells keepalived a role as the daemon does: in place.
  func setRole(_ host: String, _ role: Int) throws {
    guard let file = fopen(roleFile(host), "r+e") else {
      throw TestFailure("there is no role file of \(host)")
    }
    fputs("\(role)\n", file)
    ftruncate(fileno(file), off_t("\(role)\n".utf8.count))
    fclose(file)
  }

  /// Starts the daemon of a machine; it listens on the floating address and on its own.
  ///
  /// - Parameter listensOnAll: On one socket for all addresses, instead.
  func start(_ host: String, listensOnAll: Bool = false) throws -> Daemon {
    let own = network.address(host)
    let places =
      listensOnAll ? ["*:11211"] : ["\(own):11211", "\(VirtualNetwork.floatingAddress):11211"]
    let udp = listensOnAll ? "" : "\n  - udp: \(VirtualNetwork.floatingAddress):11211"
    let file = try configuration.write(
      "\(host).yaml",
      """
      memory: 64m
      threads: 2
      cluster:
        node: \(host)
        secret_file: \(configuration.file("secret"))
        nodes:
          - {name: a, address: \(network.address("a"))}
          - {name: b, address: \(network.address("b"))}
        standby:
          pair: [a, b]
          address: \(VirtualNetwork.floatingAddress)
          role_file: \(roleFile(host))
      listeners:
      \(places.map { "  - tcp: \"\($0)\"" }.joined(separator: "\n"))\(udp)

      """)
    return try Daemon(["--config", file], at: .asConfigured, wrapper: network.wrapper(host))
  }
}
