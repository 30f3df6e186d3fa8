import CHearth
import Glibc
import HearthRig

/// One machine of the pair: hearthd and keepalived. One thread.
final class ChaosNode {
  let name: String
  let folder: ChaosFolder
  private let network: VirtualNetwork
  private let plan: ChaosPlan
  private let configuration: String
  /// The daemon's; nil: that is the machine's.
  let clock: SteppableClock?
  private var daemon: ChaosProcess?
  private var keepalived: ChaosProcess?

  var roleFile: String { folder.file("\(name).role") }
  var adminSocket: String { folder.file("\(name).admin") }
  var log: String { folder.file("\(name).log") }

  /// - Parameters:
  ///   - cluster: Lines below `cluster:` that are not the node's own.
  ///   - hasClock: The daemon gets a clock that can be set.
  init(
    _ name: String, in network: VirtualNetwork, _ folder: ChaosFolder, _ plan: ChaosPlan, cluster: String,
    hasClock: Bool
  ) throws {
    self.name = name
    self.folder = folder
    self.network = network
    self.plan = plan
    clock = hasClock ? try SteppableClock(file: folder.file("\(name).clock")) : nil
    let text = """
      memory: \(plan.memory)m
      threads: 2
      admin: {listen: \(folder.file("\(name).admin"))}
      cluster:
        node: \(name)
      \(cluster)
        standby: {pair: [a, b], address: \(VirtualNetwork.floatingAddress), role_file: \(folder.file("\(name).role"))}
      listeners:
        - tcp: "*:11211"
      pools:
        - name: default
          copies: [[a], [b]]
          replication: \(plan.isAsync ? "async" : "all")

      """
    configuration = try folder.write("\(name).yaml", text)
  }

  // ---- hearthd ----

  var isRunning: Bool { daemon?.isRunning ?? false }

  func start() throws {
    let account = geteuid() == 0 ? ["-u", "root"] : []
    let command = [plan.hearthd] + account + ["--config", configuration]
    daemon = try ChaosProcess(network.wrapper(name) + (clock?.wrapper ?? []) + command, log: log)
  }

  /// kill -9.
  func kill() { daemon = nil }

  /// In order; waits for its end, at most ten seconds.
  func stop() {
    daemon?.end()
    daemon = nil
  }

  func signal(_ number: Int32) { daemon?.signal(number) }

  /// It has ended although nobody ended it.
  var hasCrashed: Bool { daemon.map { !$0.isRunning } ?? false }

  // ---- keepalived ----

  func startKeepalived() throws {
    let sample = try TextFile.read("\(plan.keepalived)/\(name).conf")
    let text = sample.replacing("/run/hearth/role", with: roleFile)
    guard text != sample else { throw SystemError("\(plan.keepalived)/\(name).conf has no role file") }
    let file = try folder.write("\(name).keepalived", text)
    keepalived = try ChaosProcess(
      network.wrapper(name) + [
        "/usr/bin/stdbuf", "-oL",
        "/usr/sbin/keepalived", "--dont-fork", "--log-console", "--log-detail", "--use-file", file, "--vrrp",
        "--pid", folder.file("\(name).pid"), "--vrrp_pid", folder.file("\(name).vrrp.pid"),
      ], log: folder.file("\(name).keepalived.log"))
  }

  /// Kills both of its processes, so that nothing is put in order.
  func killKeepalived() {
    let text = (try? TextFile.read(folder.file("\(name).vrrp.pid"))) ?? ""
    if let child = pid_t(text.prefix { $0 != "\n" }) {
      keepalived?.signal(SIGKILL)
      Glibc.kill(child, SIGKILL)
    }
    keepalived = nil
  }

  /// In order: it gives the address away.
  func stopKeepalived() {
    keepalived?.end()
    keepalived = nil
  }

  // ---- what it says ----

  /// How it sees the cluster; nil: it does not answer.
  func picture() -> ClusterPicture? { ClusterPicture(asking: adminSocket) }

  /// An operator's command.
  func control(_ words: String...) throws {
    let command = try FinishedCommand([plan.hearthctl] + words + ["--address", adminSocket])
    guard command.status == 0 else {
      throw SystemError("hearthctl \(words.joined(separator: " ")) on \(name): \(command.output)")
    }
  }
}
