import CHearth
import Histogram

/// Writes rows at its share of a rate, one transaction after the other on one connection. `run` is called once, on a thread of its
/// own; the results may be read when that has been joined.
final class VisibilityWriter: @unchecked Sendable {
  private let socket: String
  private let board: VisibilityBoard
  private let pace: Pace
  private let count: Int
  private let index: Int
  private let writers: Int
  private let rows: Int
  private let every: Int
  /// Nanoseconds from sending a statement, which is a transaction, to its OK.
  private(set) var commits = ThreadReport.emptyHistogram()
  /// Nanoseconds that transactions began late.
  private(set) var lateness = ThreadReport.emptyHistogram()
  private(set) var end: UInt64 = 0
  private(set) var failure: SystemError?

  /// - Parameters:
  ///   - pace: of all writers together.
  ///   - count: transactions of all.
  ///   - rows: of the table; a writer changes those whose number leaves `index` as remainder.
  ///   - every: one of so many transactions is looked for.
  init(
    _ index: Int, of writers: Int, socket: String, board: VisibilityBoard, pace: Pace, count: Int, rows: Int,
    every: Int
  ) {
    self.index = index
    self.writers = writers
    self.socket = socket
    self.board = board
    self.pace = pace
    self.count = count
    self.rows = rows
    self.every = every
  }

  func run() {
    do throws(SystemError) {
      try write(try DatabaseSession(socket: socket))
    } catch {
      failure = error
    }
    end = hearth_monotonic_ns()
  }

  private func write(_ session: DatabaseSession) throws(SystemError) {
    var random = SplitMix64(seed: UInt64(index) + 1)
    var number = index
    var turn = 0
    while number < count {
      let due = pace.due(number)
      Pace.wait(until: due)
      let id = Int(random.next() % UInt64(rows / writers)) * writers + index + 1
      // Ascends for each row, because a row has one writer.
      let version = UInt64(number) + 1
      // Not in step with the other writers.
      let sample =
        turn % every == index % every ? board.announce(VisibilitySample(id: id, version: version)) : nil
      let sent = hearth_monotonic_ns()
      try session.run("UPDATE \(FeedTable.name) SET version = \(version) WHERE id = \(id)")
      let done = hearth_monotonic_ns()
      if let sample { board.committed(sample, at: done) }
      commits.record(min(done - sent, 60_000_000_000), count: 1)
      lateness.record(min(sent - min(due, sent), 60_000_000_000), count: 1)
      number += writers
      turn += 1
    }
  }
}
