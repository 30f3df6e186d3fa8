import CHearth
import Glibc
import HearthConfig
import Testing

@testable import HearthServer

/// Who is served at the floating address. Connections come as the acceptor hands them over.
@Suite struct FloatingServiceTests {
  private static func server(threads: Int = 2) throws -> TestServer {
    try TestServer {
      $0.threads = threads
      let nodes = ["127.0.0.1", "127.0.0.2"].map {
        ClusterConfiguration.Node(
          name: $0, address: .init(host: $0, port: 11211), peer: .init(host: $0, port: 11220))
      }
      $0.cluster = ClusterConfiguration(nodes: nodes, own: 0)
      $0.cluster?.standby = .init(
        first: 0, second: 1, address: "10.0.0.100", roleFile: "/tmp/hearth-role-\(getpid())-service")
    }
  }

  @Test func `its clients are closed on every worker when it is not served any more, others are not`() throws
  {
    let test = try Self.server()
    test.server.setServesFloatingAddress(true)
    let floating = (0..<6).map { test.client(worker: $0 % 2, isFloating: true) }
    let own = (0..<2).map { test.client(worker: $0) }
    for client in floating + own {
      client.send("set a 0 0 1\r\nx\r\n")
      #expect(client.receive(8) == Array("STORED\r\n".utf8))
    }
    test.server.setServesFloatingAddress(false)
    for client in floating { #expect(client.receive(1).isEmpty) }
    for client in own {
      client.send("get a\r\n")
      #expect(client.receive(22) == Array("VALUE a 0 1\r\nx\r\nEND\r\n".utf8.prefix(22)))
    }
  }

  @Test func `whoever was accepted just before is closed`() throws {
    let test = try Self.server()
    let client = test.client(isFloating: true)
    client.send("version\r\n")
    #expect(client.receive(1).isEmpty)
    test.server.setServesFloatingAddress(true)
    let next = test.client(isFloating: true)
    next.send("set a 0 0 1\r\nx\r\n")
    #expect(next.receive(8) == Array("STORED\r\n".utf8))
  }

  @Test func `a client with requests under way is closed, too`() throws {
    let test = try Self.server(threads: 1)
    test.server.setServesFloatingAddress(true)
    let client = test.client(isFloating: true)
    // A value that never comes to its end.
    client.send("set a 0 0 900000\r\nxxxx")
    let own = test.client()
    own.send("set b 0 0 1\r\nx\r\n")
    #expect(own.receive(8) == Array("STORED\r\n".utf8))
    test.server.setServesFloatingAddress(false)
    #expect(client.receive(1).isEmpty)
  }
}
