import CHearth
import Glibc
import HearthRig
import Testing

/// The faults of a virtual network are what they are said to be.
@Suite(
  "virtual network",
  .enabled(if: VirtualNetwork.isPermitted, "network namespaces need root and are not permitted here"))
struct VirtualNetworkTests {
  @Test func `a machine that is cut off is silent, and comes back`() throws {
    let site = try StandbySite()
    let daemon = try site.start("a")
    let client = TestClient(in: site.network, to: site.network.address("a"), milliseconds: 300)
    #expect(client.set(1) == .stored)
    try site.network.cutOff("a")
    #expect(client.get(1) == .timedOut)
    try site.network.heal()
    try eventually("it answers again") { client.get(1) == .value(1) }
    #expect(daemon.isRunning)
  }

  @Test func `two machines are isolated from each other only`() throws {
    let site = try StandbySite()
    let daemon = try site.start("a")
    let place = site.network.address("a")
    let partner = TestClient(in: site.network, on: "b", to: place, milliseconds: 300)
    let client = TestClient(in: site.network, to: place)
    #expect(partner.set(1) == .stored && client.get(1) == .value(1))
    try site.network.isolate("a", "b")
    #expect(partner.get(1) == .timedOut && client.get(1) == .value(1))
    try site.network.heal()
    try eventually("it answers again") { partner.get(1) == .value(1) }
    #expect(daemon.isRunning)
  }

  @Test func `a link between two machines is slowed down for itself`() throws {
    let site = try StandbySite()
    let daemon = try site.start("a")
    try site.network.limit(from: "a", to: "b", megabits: 8)
    let size = 1_000_000
    func secondsToRead(on host: String) throws -> Double {
      let client = try site.network.inside(host) {
        try Client(port: 11211, host: site.network.address("a"), owner: daemon)
      }
      try client.send("set large 0 0 \(size)\r\n" + String(repeating: "x", count: size) + "\r\n")
      #expect(try client.readLine() == "STORED")
      let began = hearth_monotonic_ns()
      try client.send("get large\r\n")
      _ = try client.read(size)
      return Double(hearth_monotonic_ns() - began) / 1e9
    }
    #expect(try secondsToRead(on: "client") < 0.7)
    let slow = try secondsToRead(on: "b")
    #expect(slow > 0.8 && slow < 3)
    try site.network.heal()
    #expect(try secondsToRead(on: "b") < 0.7)
  }
}
