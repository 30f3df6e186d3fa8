import Glibc
import Testing

@testable import HearthConfig

/// The files in Config are what people start from.
@Suite struct ExampleTests {
  @Test(arguments: [
    "hearth", "sessions", "two-pools", "unix-socket", "udp", "herd", "keyedmutex", "feed", "files",
  ])
  func loads(name: String) throws {
    let path = "\(packageRoot)/Config/\(name).yaml"
    guard
      case .check(_, let report, let notes) = try Invocation.parse(["hearthd", "--config", path, "--check"])
    else {
      Issue.record("--check does not start the daemon")
      return
    }
    #expect(report == "\(path): configuration is valid")
    #expect(notes.isEmpty)
  }

  @Test func hearthYAMLHoldsTheDefaults() throws {
    var defaults = Configuration()
    // The file names it.
    defaults.hasPresetMaximum = false
    // On, so that hearthctl works where somebody tries things out.
    defaults.admin = .tcp(address: "127.0.0.1", port: 11280)
    #expect(try configure("--config", "\(packageRoot)/Config/hearth.yaml") == defaults)
  }

  /// What is commented out in hearth.yaml is correct too.
  @Test func hearthYAMLUncommented() throws {
    let bytes = try #require(Self.bytes("\(packageRoot)/Config/hearth.yaml"))
    let text = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line -> Substring in
        let indentation = line.prefix { $0 == " " }
        let rest = line.dropFirst(indentation.count)
        return !indentation.isEmpty && rest.hasPrefix("# ") ? "\(indentation)\(rest.dropFirst(2))" : line
      }
      .joined(separator: "\n")
    let configuration = try read(text)
    #expect(configuration.listeners.count == 6)
    #expect(configuration.pools.map(\.name) == ["default", "sessions"])
    #expect(configuration.pools[1].ttlMaximum == 86400)
    #expect(configuration.user == "memcache")
    var mutex = MutexConfiguration(listeners: [
      .tcp(address: "127.0.0.1", port: 11290, pool: nil),
      .unix(path: "/run/hearth/keyedmutex.sock", mode: 0o777, pool: nil),
    ])
    // What is commented out are the defaults.
    #expect(configuration.mutex == mutex)
    mutex = try #require(try configure("--config", "\(packageRoot)/Config/keyedmutex.yaml").mutex)
    #expect(mutex.listeners == [.unix(path: "/tmp/keyedmutexd.sock", mode: 0o777, pool: nil)])
  }

  @Test func cluster() throws {
    let configuration = try configure("--config", "\(packageRoot)/Config/cluster.yaml", "--node", "b")
    #expect(configuration.cluster?.ownNode.name == "b" && configuration.pools[0].copies == [[0, 1, 2]])
    #expect(throws: ConfigurationError.self) {
      try configure("--config", "\(packageRoot)/Config/cluster.yaml", "--node", "x")
    }
    #expect(throws: ConfigurationError.self) { try configure("--node", "a") }
  }

  @Test func standby() throws {
    for (name, address) in [("a", "10.0.0.1"), ("b", "10.0.0.2")] {
      let run = try run(["--config", "\(packageRoot)/Config/standby.yaml", "--node", name])
      let cluster = try #require(run.configuration.cluster)
      #expect(run.notes.isEmpty && cluster.ownNode.address.host == address)
      #expect(
        cluster.ownStandby
          == .init(first: 0, second: 1, address: "10.0.0.100", roleFile: "/run/hearth/role"))
    }
  }

  @Test func twoPools() throws {
    let configuration = try configure("--config", "\(packageRoot)/Config/two-pools.yaml")
    #expect(configuration.pools.map(\.kind) == [.cache, .deterministic])
    #expect(configuration.pools.map(\.memory) == [384 << 20, 128 << 20])
    #expect(configuration.listeners.last == .tcp(address: "127.0.0.1", port: 11212, pool: "prices"))
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return bytes
  }
}
