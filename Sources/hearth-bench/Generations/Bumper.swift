import CHearth
import Glibc

/// Bumps a group over and over beside a load and takes the time of each bump. `run` is called once, on a thread of
/// its own; the results may be read when that has been joined.
final class Bumper: @unchecked Sendable {
  private let endpoint: Endpoint
  private let count: Int
  private let interval: UInt64
  private let probe: String
  /// Nanoseconds from sending to the reply.
  private(set) var latencies: [UInt64] = []
  private(set) var failure: SystemError?

  /// Nanoseconds before the first bump: the load is to be under way.
  static let lead: UInt64 = 500_000_000

  /// - Parameter probe: the get of a key in the group; after the first bump it has to miss.
  init(_ endpoint: Endpoint, count: Int, interval: UInt64, probe: String) {
    self.endpoint = endpoint
    self.count = count
    self.interval = interval
    self.probe = probe
  }

  func run() {
    do throws(SystemError) {
      let client = try StatsClient(endpoint)
      let command = "incr gen/\(BumpLatency.group) 1"
      usleep(UInt32(Self.lead / 1000))
      for i in 0..<count {
        let sent = hearth_monotonic_ns()
        let reply = try client.command(command, until: "\r\n")
        latencies.append(hearth_monotonic_ns() - sent)
        guard UInt64(reply.prefix { $0 != "\r\n" }) != nil else {
          throw SystemError("\(command): \(reply.prefix { $0 != "\r\n" }); a generation was expected")
        }
        if i == 0, try client.command(probe, until: "END\r\n") != "END\r\n" {
          throw SystemError("\(probe) still hits after the bump of its group")
        }
        usleep(UInt32(clamping: interval / 1000))
      }
    } catch {
      failure = error
    }
  }
}
