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
          name: $0, address: .init(host: $0, port: 11211), peer: .init(host: $0, port: 0))
      }
      $0.cluster = ClusterConfiguration(nodes: nodes, own: 0)
      $0.cluster?.standby = .init(
        first: 0, second: 1, address: "10.0.0.100", roleFile: "/dev/null")
    }
  }

  /// The server has closed. Not that nothing came in time.
  private static func hasEnded(_ client: TestClient) -> Bool {
    var byte: UInt8 = 0
    let count = recv(client.descriptor, &byte, 1, 0)
    return count == 0 || (count < 0 && hearth_errno() == ECONNRESET)
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
    for client in floating { #expect(Self.hasEnded(client)) }
    for client in own {
      client.send("get a\r\n")
      #expect(client.receive(21) == Array("VALUE a 0 1\r\nx\r\nEND\r\n".utf8))
    }
  }

  @Test func `whoever was accepted just before is closed`() throws {
    let test = try Self.server()
    let client = test.client(isFloating: true)
    client.send("version\r\n")
    #expect(Self.hasEnded(client))
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
    #expect(Self.hasEnded(client))
  }
}
