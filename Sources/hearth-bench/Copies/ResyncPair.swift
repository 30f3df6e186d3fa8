import CHearth
import Glibc
import HearthRig

/// Two nodes on loopback that hold two copies of everything, without etcd. One thread.
final class ResyncPair {
  private static let names = ["a", "b"]
  private let folder: ChaosFolder
  private let files: [String]
  private let ports: [UInt16]
  private let hearthd: String
  private let hearthctl: String
  /// Each node has a core of its own.
  private let isPinned: Bool
  private var daemons: [ChaosProcess?] = [nil, nil]

  /// - Parameters:
  ///   - memory: Of each node, MiB.
  ///   - rate: `resync_rate` in MiB per second, nil: no limit.
  ///   - isPinned: Each node has a core of its own: the first one core 0, the second one core 1.
  init(
    hearthd: String, hearthctl: String, memory: Int, rate: Int?, isPinned: Bool = false
  ) throws(SystemError) {
    self.isPinned = isPinned
    self.hearthd = hearthd
    self.hearthctl = hearthctl
    folder = try ChaosFolder()
    var ports: [UInt16] = []
    for _ in 0..<4 { ports.append(try Socket.freePort()) }
    self.ports = ports
    var files: [String] = []
    for (i, name) in Self.names.enumerated() {
      files.append(
        try folder.write(
          "\(name).yaml",
          """
          memory: \(memory)m
          threads: 1
          admin: {listen: \(folder.file("\(name).admin"))}
          cluster:
            node: \(name)
            \(rate.map { "resync_rate: \($0)m" } ?? "")
            nodes:
              - {name: a, address: "127.0.0.1:\(ports[0])", peer: "127.0.0.1:\(ports[2])"}
              - {name: b, address: "127.0.0.1:\(ports[1])", peer: "127.0.0.1:\(ports[3])"}
          listeners:
            - tcp: "127.0.0.1:\(ports[i])"
          pools:
            - {name: default, copies: [[a], [b]]}

          """))
    }
    self.files = files
  }

  /// Where clients ask the first node.
  var endpoint: Endpoint { .tcp(host: "127.0.0.1", port: ports[0]) }

  /// Starts the first node, which becomes ready with nothing in it.
  func begin() throws(SystemError) {
    try start(0)
    try eventually("the first node answers") { picture() != nil }
    let command: FinishedCommand
    do throws(RigError) {
      command = try FinishedCommand([hearthctl, "bootstrap", "--address", folder.file("a.admin")])
    } catch {
      throw SystemError("\(error)")
    }
    guard command.status == 0 else { throw SystemError("hearthctl bootstrap: \(command.output)") }
    try eventually("the first node is ready") { picture()?.states["a"] == "active" }
  }

  /// Starts the second node, which loads everything.
  func join() throws(SystemError) { try start(1) }

  /// Ends the second node as a crash does, and waits until the first one goes on alone.
  func lose() throws(SystemError) {
    daemons[1] = nil
    try eventually("the second node is counted out") { picture()?.protected["a"] == false }
  }

  /// The second node has everything.
  var isCopied: Bool { picture()?.protected["a"] == true }

  private func start(_ index: Int) throws(SystemError) {
    daemons[index] = try ChaosProcess(
      (isPinned ? ["taskset", "-c", "\(index)"] : []) + [hearthd] + (geteuid() == 0 ? ["-u", "root"] : []) + [
        "--config", files[index],
      ],
      log: folder.file("\(Self.names[index]).log"))
  }

  private func picture() -> ClusterPicture? { ClusterPicture(asking: folder.file("a.admin")) }

  private func eventually(_ what: String, _ holds: () -> Bool) throws(SystemError) {
    let deadline = hearth_monotonic_ns() + 20_000_000_000
    while !holds() {
      guard hearth_monotonic_ns() < deadline else { throw SystemError("\(what): not within 20 s") }
      usleep(5000)
    }
  }
}
