import Glibc
import Testing

@testable import HearthAdmin

/// Where the interface listens.
@Suite struct SocketTests {
  private func refusal(_ make: () throws(AdminError) -> Void) -> String? {
    do throws(AdminError) {
      try make()
      return nil
    } catch {
      return error.description
    }
  }

  private func temporaryPath() -> String {
    "/tmp/hearth-admin-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).sock"
  }

  private func mode(_ path: String) -> UInt32? {
    var info = stat()
    return lstat(path, &info) == 0 ? info.st_mode & 0o777 : nil
  }

  @Test func unixSocket() throws {
    let path = temporaryPath()
    let server = AdminServer(try AdminSocket(unix: path, mode: 0o640), target: FakeTarget())
    try server.start()
    #expect(mode(path) == 0o640)
    #expect(server.ports.isEmpty)
    // No Host guard here: only who may open the path connects.
    let answer = try Visitor(path: path).ask("GET /v1/health HTTP/1.1\r\nHost: whatever\r\n\r\n")
    #expect(answer?.status == 200)
    server.stop()
    #expect(mode(path) == nil)
  }

  @Test func whatADeadProcessLeftIsReplaced() throws {
    let path = temporaryPath()
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let stale = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = Glibc.bind(stale, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    close(stale)
    try #require(mode(path) != nil)
    let server = AdminServer(try AdminSocket(unix: path, mode: 0o700), target: FakeTarget())
    #expect(mode(path) == 0o700)
    server.stop()
    #expect(mode(path) == nil)
  }

  @Test func anAddressInUse() throws {
    let first = try AdminSocket(tcp: "127.0.0.1", port: 0)
    let port = first.ports[0].port
    #expect(
      refusal { () throws(AdminError) in _ = try AdminSocket(tcp: "127.0.0.1", port: port) }
        == "cannot listen on 127.0.0.1:\(port): Address already in use; "
        + "another process listens there: stop it or choose another port")
    let portAfterwards = first.ports[0].port
    #expect(portAfterwards == port)
    let path = temporaryPath()
    let second = try AdminSocket(unix: path, mode: 0o700)
    #expect(
      refusal { () throws(AdminError) in _ = try AdminSocket(unix: path, mode: 0o700) }
        == "cannot listen on \(path): another process answers there; stop it or choose another path")
    let isPrivate = second.isPrivate
    #expect(isPrivate)
  }

  @Test func anAddressThatOthersReach() {
    #expect(
      refusal { () throws(AdminError) in _ = try AdminSocket(tcp: "0.0.0.0", port: 0) }
        == "0.0.0.0 is not loopback on this machine; give 127.0.0.1 or [::1]")
  }
}
