import CHearth
import Glibc

/// Looks for the announced changes in the cache with one get after the other, all that are due in one request. `run` is called
/// once, on a thread of its own, and ends when it is told to.
final class VisibilityWatcher: @unchecked Sendable {
  /// Keys in one get.
  private static let keys = 100
  /// Between two looks, microseconds; a wait of this length lasts about twice as long.
  private static let pause: UInt32 = 50

  private let endpoint: Endpoint
  private let board: VisibilityBoard
  private let stop = LoadControl()
  private(set) var failure: SystemError?
  /// Requests that were sent.
  private(set) var looks: UInt64 = 0

  init(_ endpoint: Endpoint, _ board: VisibilityBoard) {
    self.endpoint = endpoint
    self.board = board
  }

  deinit { stop.deallocate() }

  /// Ends `run` once everything has been seen, or ten seconds later.
  func finish() { stop.enter(LoadControl.Phase.stopping) }

  func run() {
    do throws(SystemError) {
      try watch(try StatsClient(endpoint))
    } catch {
      failure = error
    }
  }

  private func watch(_ client: borrowing StatsClient) throws(SystemError) {
    var pending: [(number: Int, sample: VisibilitySample)] = []
    var deadline = UInt64.max
    while true {
      pending += board.take()
      let isStopping = stop.phase == LoadControl.Phase.stopping
      if isStopping, pending.isEmpty || hearth_monotonic_ns() > deadline { return }
      if isStopping, deadline == UInt64.max { deadline = hearth_monotonic_ns() + 10_000_000_000 }
      if !pending.isEmpty {
        let asked = pending.prefix(Self.keys)
        let request = asked.map { "\(FeedTable.prefix)\($0.sample.id)" }.joined(separator: " ")
        let versions = EntryVersions.of(try client.command("get \(request)", until: "END\r\n"))
        let now = hearth_monotonic_ns()
        looks += 1
        var left: [(number: Int, sample: VisibilitySample)] = []
        for entry in asked {
          if versions[entry.sample.id] ?? 0 >= entry.sample.version {
            board.seen(entry.number, at: now)
          } else {
            left.append(entry)
          }
        }
        // Those that were not asked for come first the next time.
        pending = Array(pending.dropFirst(Self.keys)) + left
      }
      usleep(Self.pause)
    }
  }
}
