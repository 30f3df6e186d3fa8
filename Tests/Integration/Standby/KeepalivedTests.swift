import CHearth
import Glibc
import HearthRig
import Testing

/// The configuration of Deploy/keepalived moves the address as the roles say. The roles are the test's.
@Suite(
  "keepalived",
  .enabled(if: VirtualNetwork.isPermitted, "network namespaces need root and are not permitted here"))
struct KeepalivedTests {
  /// Two daemons, two keepalived; `a` is active.
  private final class Pair {
    let site: StandbySite
    let daemons: [Daemon]
    let keepalived: [TestKeepalived]

    init() throws {
      let site = try StandbySite()
      daemons = [try site.start("a"), try site.start("b")]
      keepalived = try ["a", "b"].map {
        try TestKeepalived($0, in: site.network, roleFile: site.roleFile($0))
      }
      self.site = site
      #expect(try !site.network.hasFloatingAddress("a") && !site.network.hasFloatingAddress("b"))
      try site.setRole("a", 50)
      try awaitAddress("a")
      try site.setRole("b", 0)
    }

    func awaitAddress(_ host: String) throws {
      let other = host == "a" ? "b" : "a"
      try eventually("the address is at \(host)") {
        try site.network.hasFloatingAddress(host) && !site.network.hasFloatingAddress(other)
      }
    }
  }

  @Test func `when the active node becomes unfit the other one serves at once`() throws {
    let pair = try Pair()
    let client = TestClient(in: pair.site.network)
    try eventually("the address is served") { client.set(1) == .stored }
    try pair.site.setRole("a", -254)
    try eventually("the client is reset", seconds: 5) { client.isReset }
    try eventually("the other node serves", seconds: 5) { client.get(1) == .miss }
    try pair.awaitAddress("b")
  }

  @Test func `a promoted node beats what one that hangs left behind`() throws {
    let pair = try Pair()
    // The daemon hangs, its 50 stays.
    pair.daemons[0].process.signal(SIGSTOP)
    try pair.site.setRole("b", 100)
    try pair.awaitAddress("b")
    // And comes back: nobody moves.
    let before = pair.keepalived[0].log.count
    func awaitWord(_ words: String) throws {
      try eventually("keepalived says: \(words)") {
        pair.keepalived[0].log.dropFirst(before).contains(words)
      }
    }
    try pair.site.setRole("a", -254)
    try awaitWord("Entering FAULT STATE")
    try pair.site.setRole("a", 0)
    try awaitWord("leaving FAULT state")
    try pair.site.setRole("b", 50)
    usleep(1_000_000)
    #expect(try pair.site.network.hasFloatingAddress("b"))
    #expect(try !pair.site.network.hasFloatingAddress("a"))
  }

  @Test func `when the daemon is killed the other node gets the address within half a second`() throws {
    let pair = try Pair()
    let client = TestClient(in: pair.site.network, milliseconds: 100)
    try eventually("the address is served") { client.set(1) == .stored }
    let began = hearth_monotonic_ns()
    pair.daemons[0].process.signal(SIGKILL)
    try eventually("the other node serves") { client.get(1) == .miss }
    #expect(hearth_monotonic_ns() - began < 500_000_000)
  }

  @Test func `when the active machine is cut off the other one serves within a second`() throws {
    let pair = try Pair()
    let client = TestClient(in: pair.site.network, milliseconds: 100)
    try eventually("the address is served") { client.set(1) == .stored }
    let began = hearth_monotonic_ns()
    try pair.site.network.cutOff("a")
    try eventually("the other node serves") { client.get(1) == .miss }
    #expect(hearth_monotonic_ns() - began < 2_000_000_000)
    try pair.site.network.heal()
    try pair.awaitAddress("a")
    try eventually("the first node serves again") { client.get(1) == .value(1) }
  }

  @Test func `the address goes when keepalived is stopped on the active machine`() throws {
    let pair = try Pair()
    let client = TestClient(in: pair.site.network)
    try eventually("the address is served") { client.set(1) == .stored }
    try pair.keepalived[0].stop()
    try pair.awaitAddress("b")
    try eventually("the other node serves") { client.get(1) == .miss }
  }
}
