import CHearth
import Glibc
import Synchronization

/// Machines with addresses of their own behind one switch, each a network namespace of this machine. Links can be cut and
/// slowed down. Everything goes with it, the processes in the namespaces too. Needs root.
///
/// The first machine has 10.0.0.1, the second 10.0.0.2 and so on, at `eth0`. As Deploy/keepalived asks for it, `servers` have the
/// floating address on loopback too, and tell nobody.
public final class VirtualNetwork: Sendable {
  /// The address that moves between the servers.
  public static let floatingAddress = "10.0.0.100"
  /// Whether namespaces can be made here; looked at once.
  public static let isPermitted = geteuid() == 0 && probe()

  private static let ip = "/usr/sbin/ip"
  private static let count = Atomic<Int>(0)
  /// Nobody's hardware address: what is sent there is lost without a word.
  private static let nowhere = "02:00:00:00:00:fe"

  /// Names of the machines, the servers first.
  public let hosts: [String]
  private let prefix: String
  private var switchName: String { prefix + "switch" }

  /// Makes the machines. What an earlier network left when its program was killed is removed.
  ///
  /// - Throws: `RigError` with what the system said.
  public init(servers: [String] = ["a", "b"], others: [String] = ["client"]) throws {
    Self.removeLeftovers()
    let number = Self.count.add(1, ordering: .relaxed).newValue
    hosts = servers + others
    prefix = "hearth-\(getpid())-\(number)-"
    try Self.ip("netns", "add", switchName)
    try inSwitch("ip", "link", "add", "name", "br0", "type", "bridge", "forward_delay", "0")
    try inSwitch("ip", "link", "set", "br0", "up")
    for host in hosts { try add(host, isServer: servers.contains(host)) }
  }

  deinit {
    for host in hosts { Self.remove(prefix + host) }
    Self.remove(switchName)
  }

  private func add(_ host: String, isServer: Bool) throws {
    let name = prefix + host
    try Self.ip("netns", "add", name)
    try Self.ip(
      "-n", name, "link", "add", "eth0", "type", "veth", "peer", "name", port(host), "netns", switchName)
    try inSwitch("ip", "link", "set", port(host), "master", "br0", "up")
    try Self.ip("-n", name, "addr", "add", "\(address(host))/24", "dev", "eth0")
    for link in ["lo", "eth0"] { try Self.ip("-n", name, "link", "set", link, "up") }
    if !isServer { return }
    for (setting, value) in [("arp_ignore", "1"), ("arp_announce", "2")] {
      try run(host, ["/bin/sh", "-c", "echo \(value) > /proc/sys/net/ipv4/conf/all/\(setting)"])
    }
    try Self.ip("-n", name, "addr", "add", "\(Self.floatingAddress)/32", "dev", "lo")
  }

  /// The machine's own address.
  public func address(_ host: String) -> String { "10.0.0.\((hosts.firstIndex(of: host) ?? 0) + 1)" }

  /// Its port of the switch; interfaces' names have 15 letters at most.
  private func port(_ host: String) -> String { "port-\(host)" }

  // ---- on the machines ----

  /// What goes before a command that is to run on the machine.
  public func wrapper(_ host: String) -> [String] { [Self.ip, "netns", "exec", prefix + host] }

  /// Runs a command on the machine to its end.
  ///
  /// - Throws: `RigError` when its status is not 0.
  @discardableResult
  public func run(_ host: String, _ command: [String]) throws -> FinishedCommand {
    let program = try FinishedCommand(wrapper(host) + command)
    guard program.status == 0 else {
      throw RigError("\(command.joined(separator: " ")): status \(program.status), \(program.output)")
    }
    return program
  }

  /// Runs the body with the calling thread on the machine: the sockets that it makes belong there for good.
  public func inside<R>(_ host: String, _ body: () throws -> R) throws -> R {
    let own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    defer { close(own) }
    try enter(host)
    defer { if enterNamespace(own, 0) != 0 { fatalError("a thread cannot leave the namespace of \(host)") } }
    return try body()
  }

  /// Puts the calling thread on the machine for good.
  public func enter(_ host: String) throws {
    let there = open("/run/netns/\(prefix)\(host)", O_RDONLY | O_CLOEXEC)
    defer { close(there) }
    guard there >= 0, enterNamespace(there, 0) == 0 else {
      throw RigError("cannot enter the namespace of \(host): \(FinishedCommand.reason)")
    }
  }

  /// The machine has the floating address at `eth0`.
  public func hasFloatingAddress(_ host: String) throws -> Bool {
    try run(host, [Self.ip, "-4", "addr", "show", "dev", "eth0"]).output
      .contains("\(Self.floatingAddress)/")
  }

  /// Gives the machine the floating address or takes it away, without telling anybody.
  public func setFloatingAddress(_ host: String, _ isThere: Bool) throws {
    try Self.ip(
      "-n", prefix + host, "addr", isThere ? "add" : "del", "\(Self.floatingAddress)/32", "dev", "eth0")
  }

  // ---- faults ----

  /// Nothing comes from the machine or to it any more; it notices nothing.
  public func cutOff(_ host: String) throws {
    try inSwitch("bridge", "link", "set", "dev", port(host), "state", "0")
  }

  /// Cuts the links among some machines only: others see all of them.
  public func isolate(_ some: String...) throws {
    for host in some { try inSwitch("bridge", "link", "set", "dev", port(host), "isolated", "on") }
  }

  /// Cuts a machine's links to some others; all else goes on.
  public func part(_ host: String, from others: [String]) throws {
    for other in others {
      for (here, there) in [(host, other), (other, host)] {
        try Self.ip(
          "-n", prefix + here, "neigh", "replace", address(there), "lladdr", Self.nowhere, "dev", "eth0",
          "nud", "permanent")
      }
    }
  }

  /// What TCP carries from one machine to another goes at this rate; all else is not delayed by it.
  public func limit(from: String, to: String, megabits: Int) throws {
    func tc(_ words: String) throws {
      try run(from, ["/usr/sbin/tc"] + words.split(separator: " ").map(String.init))
    }
    try tc("qdisc add dev eth0 root handle 1: htb default 1")
    for minor in [1, 2] { try tc("class add dev eth0 parent 1: classid 1:\(minor) htb rate 10gbit") }
    try tc("qdisc add dev eth0 parent 1:2 handle 2: tbf rate \(megabits)mbit burst 32kb latency 400ms")
    try tc(
      "filter add dev eth0 parent 1: protocol ip u32 match ip dst \(address(to))/32 match ip protocol 6 0xff flowid 1:2"
    )
  }

  /// Ends all faults.
  public func heal() throws {
    for host in hosts {
      try inSwitch("bridge", "link", "set", "dev", port(host), "state", "3")
      try inSwitch("bridge", "link", "set", "dev", port(host), "isolated", "off")
      _ = try FinishedCommand(wrapper(host) + ["/usr/sbin/tc", "qdisc", "del", "dev", "eth0", "root"])
      _ = try FinishedCommand(wrapper(host) + [Self.ip, "neigh", "flush", "dev", "eth0", "nud", "permanent"])
    }
  }

  // ---- namespaces ----

  private func inSwitch(_ tool: String, _ arguments: String...) throws {
    try Self.demand(["/usr/sbin/" + tool, "-n", switchName] + arguments)
  }

  private static func ip(_ arguments: String...) throws { try demand([ip] + arguments) }

  private static func demand(_ command: [String]) throws {
    let program = try FinishedCommand(command)
    guard program.status == 0 else {
      throw RigError("\(command.joined(separator: " ")): \(program.output)")
    }
  }

  private static func probe() -> Bool {
    let name = "hearth-\(getpid())-0-probe"
    defer { remove(name) }
    return (try? ip("netns", "add", name)) != nil && (try? ip("-n", name, "link", "set", "lo", "up")) != nil
  }

  /// What an earlier program left when it was killed.
  private static func removeLeftovers() {
    guard let list = try? FinishedCommand([ip, "netns", "list"]).output else { return }
    for line in list.split(separator: "\n") {
      let name = String(line.prefix { $0 != " " })
      let parts = name.split(separator: "-")
      guard parts.count == 4, parts[0] == "hearth", let pid = pid_t(parts[1]) else { continue }
      if kill(pid, 0) != 0 && hearth_errno() == ESRCH { remove(name) }
    }
  }

  private static func remove(_ name: String) {
    if let pids = try? FinishedCommand([ip, "netns", "pids", name]).output {
      for pid in pids.split(separator: "\n").compactMap({ pid_t($0) }) { kill(pid, SIGKILL) }
    }
    _ = try? FinishedCommand([ip, "netns", "del", name])
  }
}

@_silgen_name("setns")
private func enterNamespace(_ descriptor: Int32, _ kind: Int32) -> Int32
