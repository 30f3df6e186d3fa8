import CHearth
import Glibc

/// A client that sends a get when it is due, on one connection, and takes the time of each, until it is told to stop. `run` is
/// called once, on a thread of its own; the results may be read when that has been joined.
final class PacedClient: @unchecked Sendable {
  private let load: PacedLoad
  private let pace: Pace
  private let seed: UInt64
  private let control: LoadControl
  /// Nanoseconds, by the seconds since the pace began.
  private(set) var latencies: [[UInt64]] = []
  private(set) var failure: SystemError?
  /// The thread goes before all others that are not like it, so that the time it waits for a core is not measured.
  private(set) var isPreferred = false

  init(_ load: PacedLoad, pace: Pace, seed: UInt64, control: LoadControl) {
    self.load = load
    self.pace = pace
    self.seed = seed
    self.control = control
  }

  func run() {
    var priority = sched_param()
    priority.sched_priority = 1
    isPreferred = pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority) == 0
    do throws(SystemError) {
      try send(try StatsClient(load.endpoint))
    } catch {
      failure = error
    }
  }

  /// When the time of a request begins: when it was due if the reply before kept it waiting, and when it was sent if only this
  /// program came late.
  static func beginning(due: UInt64, sent: UInt64, lastReply: UInt64) -> UInt64 {
    lastReply > due ? due : sent
  }

  private func send(_ client: borrowing StatsClient) throws(SystemError) {
    var random = SplitMix64(seed: seed)
    var lastReply: UInt64 = 0
    var number = 0
    while control.phase != LoadControl.Phase.stopping {
      let due = pace.due(number)
      number += 1
      Pace.wait(until: due)
      let key = load.key(random.next(below: load.keys))
      let sent = hearth_monotonic_ns()
      let reply = try client.command("get \(key)", until: "END\r\n")
      let now = hearth_monotonic_ns()
      guard reply.utf8.count > 20 else { throw SystemError("get \(key) missed") }
      let second = Int((due - pace.start) / 1_000_000_000)
      while latencies.count <= second { latencies.append([]) }
      latencies[second].append(now - Self.beginning(due: due, sent: sent, lastReply: lastReply))
      lastReply = now
    }
  }
}
