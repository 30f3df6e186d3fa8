import CHearth
import Glibc
import HearthRig
import Testing

/// What a daemon of a pair does with its floating address, without a standby's data.
@Suite(
  "floating address",
  .enabled(if: VirtualNetwork.isPermitted, "network namespaces need root and are not permitted here"))
struct FloatingAddressTests {
  @Test(arguments: [false, true])
  func `who comes to an address that the machine does not have is turned away at once`(listensOnAll: Bool)
    throws
  {
    let site = try StandbySite()
    let daemon = try site.start("a", listensOnAll: listensOnAll)
    #expect(daemon.listeners.count { $0.kind.hasPrefix("TCP") } == (listensOnAll ? 1 : 2))
    // Loopback has the address, so the connection comes to the daemon.
    let client = TestClient(in: site.network, on: "a")
    #expect(client.set(1) == .reset)
    #expect(TestClient(in: site.network, to: site.network.address("a")).set(2) == .stored)

    try site.network.setFloatingAddress("a", true)
    try eventually("the address is served") { client.set(3) == .stored }
    #expect(TestClient(in: site.network).get(2) == .value(2))
  }

  @Test(arguments: [false, true])
  func `clients of an address that goes are reset at once, others stay`(listensOnAll: Bool) throws {
    let site = try StandbySite()
    let daemon = try site.start("a", listensOnAll: listensOnAll)
    try site.network.setFloatingAddress("a", true)
    let clients = (0..<20).map { _ in TestClient(in: site.network) }
    try eventually("the address is served") { clients[0].set(0) == .stored }
    for client in clients { #expect(client.set(1) == .stored) }
    let other = TestClient(in: site.network, to: site.network.address("a"))
    #expect(other.set(2) == .stored)

    try site.network.setFloatingAddress("a", false)
    try eventually("all are reset", seconds: 5) { clients.allSatisfy(\.isReset) }
    #expect(other.get(2) == .value(2) && !other.isReset)
    // The client still takes this machine for the one that has the address.
    #expect(TestClient(in: site.network).set(3) == .reset)

    try site.network.setFloatingAddress("a", true)
    try eventually("the address is served again") { clients[0].set(4) == .stored }
    #expect(daemon.isRunning)
  }

  @Test func `datagrams to an address that the machine does not have are not answered`() throws {
    let site = try StandbySite()
    let daemon = try site.start("a")
    let client = try site.network.inside("a") {
      try DatagramClient(daemon, host: VirtualNetwork.floatingAddress)
    }
    client.send(id: 1, "version\r\n")
    #expect(try client.receive(milliseconds: 300) == nil)
    try site.network.setFloatingAddress("a", true)
    let other = TestClient(in: site.network)
    try eventually("the address is served") { other.set(0) == .stored }
    client.send(id: 2, "version\r\n")
    // The first one was dropped, not kept.
    #expect(try client.receive()?.id == 2)
  }

  @Test func `the address is noticed through a flood of other changes`() throws {
    let site = try StandbySite()
    let daemon = try site.start("a")
    let folder = try TemporaryFolder()
    // Far more messages than the socket's buffer holds while the daemon stands still.
    let flood = try folder.write(
      "flood", (0..<4000).map { "addr add 10.9.\($0 / 200).\($0 % 200 + 1)/32 dev eth0\n" }.joined())
    daemon.process.signal(SIGSTOP)
    try site.network.run("a", ["/usr/sbin/ip", "-batch", flood])
    try site.network.setFloatingAddress("a", true)
    daemon.process.signal(SIGCONT)
    let client = TestClient(in: site.network)
    try eventually("the address is served") { client.set(1) == .stored }

    daemon.process.signal(SIGSTOP)
    let removal = try folder.write("removal", readText(flood).replacing("addr add", with: "addr del"))
    try site.network.run("a", ["/usr/sbin/ip", "-batch", removal])
    try site.network.setFloatingAddress("a", false)
    daemon.process.signal(SIGCONT)
    try eventually("the client is reset") { client.isReset }
  }

  @Test func `the role file is there from the start and says so at the end`() throws {
    let site = try StandbySite()
    let daemon = try site.start("a")
    #expect(readText(site.roleFile("a")) == "-254\n")
    try site.setRole("a", 50)
    #expect(try daemon.stop() == .exit(0))
    #expect(readText(site.roleFile("a")) == "-254\n")
    // And when it is killed, by its guard.
    let second = try site.start("a")
    try site.setRole("a", 100)
    second.process.signal(SIGKILL)
    _ = try second.process.wait()
    try eventually("its guard tells keepalived") { site.role("a") == -254 }
    let third = try site.start("a")
    #expect(site.role("a") == -254 && third.isRunning)
  }
}
