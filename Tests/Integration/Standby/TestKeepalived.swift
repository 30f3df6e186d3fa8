import Glibc
import HearthRig

/// A real keepalived on a machine of a virtual network, with the file of Deploy/keepalived for that node. Ends with it.
final class TestKeepalived {
  private let process: ChildProcess
  private let folder: TemporaryFolder

  /// - Parameters:
  ///   - host: `a` or `b`, whose addresses are those in the files.
  ///   - roleFile: Its directory has to exist.
  init(_ host: String, in network: VirtualNetwork, roleFile: String) throws {
    folder = try TemporaryFolder()
    let sample = readText("\(packageRoot)/Deploy/keepalived/\(host).conf")
    let text = sample.replacing("/run/hearth/role", with: roleFile)
    guard text != sample else { throw TestFailure("Deploy/keepalived/\(host).conf has no role file") }
    let file = try folder.write("keepalived.conf", text)
    process = try ChildProcess(
      network.wrapper(host) + [
        // Else what it says comes when it ends.
        "/usr/bin/stdbuf", "-oL",
        "/usr/sbin/keepalived", "--dont-fork", "--log-console", "--log-detail", "--use-file", file, "--vrrp",
        "--pid", folder.file("pid"), "--vrrp_pid", folder.file("vrrp.pid"),
      ], output: folder.file("output"), errors: folder.file("output"))
    try eventually("keepalived runs; it said: \(log)") {
      if let ending = process.collect() { throw TestFailure("keepalived ended, \(ending): \(log)") }
      return log.contains("VRRP sockpool")
    }
  }

  deinit { try? stop() }

  /// In order: it gives the address away.
  func stop() throws {
    process.signal(SIGTERM)
    _ = try process.wait()
  }

  /// What it said so far.
  var log: String { folder.read("output") }
}

private let packageRoot = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
  .joined(separator: "/")
