import CHearth
import Glibc
import HearthConfig
import HearthFeed
import HearthServer

/// How fast rows of the log become entries: binlog files that a real server wrote go through a feed's follower into a store, on one
/// core and without a connection. Measured is the CPU time of the thread, so that what else runs on the machine does not count.
final class RenderingMeasure: @unchecked Sendable {
  private let database: FeedDatabase
  private let rows: Int
  private let runs: Int
  private let shown: Bool
  private(set) var report = FigureReport()
  private(set) var failure: SystemError?

  /// What the rows of a file do.
  enum Kind: String, CaseIterable {
    case inserts, updates, deletes
  }

  /// Nanoseconds of CPU time for a row.
  struct Cost {
    var decoded: [Double] = []
    var applied: [Double] = []
  }

  init(_ database: FeedDatabase, rows: Int, runs: Int, shown: Bool) {
    self.database = database
    self.rows = rows
    self.runs = runs
    self.shown = shown
  }

  /// On a thread of its own: a server keeps signals away from the thread that makes it.
  func run() {
    do throws(SystemError) {
      try measure()
    } catch {
      failure = error
    }
  }

  private func measure() throws(SystemError) {
    let session = try DatabaseSession(socket: database.socket)
    for statement in FeedTable.creation { try session.run(statement) }
    let files = try write(session)
    let file = try ConfigurationFile.write(
      FeedTable.configuration(socket: database.socket, rows: rows, loadRate: nil))
    let configuration = try Self.configuration(file.path, "\(database.folder)/replay")
    guard case .database(let feed)? = configuration.feeds.first?.source,
      let pool = configuration.pools.firstIndex(where: { $0.name == FeedTable.pool })
    else { throw SystemError("the configuration has no feed") }
    let server = try Self.server(configuration)
    let replay: FeedReplay
    do throws(DatabaseError) {
      replay = try FeedReplay(
        feed, pools: [FeedTable.pool: pool], target: server.feedTarget, definedBy: session.connection)
    } catch {
      throw SystemError(error.description)
    }
    var costs = [Kind: Cost]()
    let progress = Progress(enabled: shown, prefix: "rendering ")
    // The first round touches the memory for the first time, which a daemon has a thread for.
    for round in 0...runs {
      for kind in Kind.allCases {
        let times = try self.round(files[kind] ?? "", replay)
        progress.show { "round \(round) of \(runs)" }
        if round == 0 { continue }
        costs[kind, default: Cost()].decoded.append(Double(times.decoding) / Double(rows))
        costs[kind, default: Cost()].applied.append(Double(times.applying) / Double(rows))
      }
    }
    progress.clear()
    let counts = replay.counts
    guard counts.lost == 0, counts.stored == UInt64(2 * rows * (runs + 1)) else {
      throw SystemError("\(counts.lost) entries found no place, \(counts.stored) were stored")
    }
    add(costs, bytes: Double(try Self.size(files[.inserts] ?? "")) / Double(rows))
  }

  /// Nanoseconds for a file.
  private func round(_ path: String, _ replay: borrowing FeedReplay) throws(SystemError) -> (
    decoding: UInt64, applying: UInt64
  ) {
    let (decoded, applied): (Int, UInt64)
    let (start, middle, end): (UInt64, UInt64, UInt64)
    do throws(BinlogError) {
      start = hearth_thread_cpu_ns()
      decoded = try BinlogBenchmark.decode(path: path).rows
      middle = hearth_thread_cpu_ns()
      applied = try replay.apply(path: path)
      end = hearth_thread_cpu_ns()
    } catch {
      throw SystemError("\(error)")
    }
    guard decoded == rows, applied == UInt64(rows) else {
      throw SystemError("\(path) has \(decoded) rows, \(applied) were applied, not \(rows)")
    }
    return (middle - start, end - middle)
  }

  private func add(_ costs: [Kind: Cost], bytes: Double) {
    for kind in Kind.allCases {
      guard let cost = costs[kind] else { continue }
      let isTarget = kind == .inserts
      report.add(
        Figure(
          what: "\(kind.rawValue) decoded", name: "decoded_\(kind.rawValue)",
          value: 1e9 / Statistics.median(cost.decoded), unit: "rows/s of a core", places: 0,
          bound: isTarget ? .atLeast(1_000_000) : .none))
      report.add(
        Figure(
          what: "\(kind.rawValue) from the log to the store", name: "applied_\(kind.rawValue)",
          value: 1e9 / Statistics.median(cost.applied), unit: "rows/s of a core", places: 0,
          bound: isTarget ? .atLeast(500_000) : .none))
    }
    let each = Format.decimal(bytes, 0)
    report.remark(
      """
      Rendering: \(Format.grouped(UInt64(rows))) rows of \(each) bytes of log each, in transactions of \(FeedTable.batch), medians of \
      \(runs) rounds, CPU time of one thread; an update is one row with two images.
      """)
  }

  /// Writes the rows; one binlog file for each kind.
  private func write(_ session: DatabaseSession) throws(SystemError) -> [Kind: String] {
    var files: [Kind: String] = [:]
    for kind in Kind.allCases {
      try session.run("FLUSH BINARY LOGS")
      let name = try session.row("SHOW MASTER STATUS").first ?? ""
      files[kind] = "\(database.folder)/data/\(name)"
      let progress = Progress(enabled: shown, prefix: "\(kind.rawValue) ")
      try FeedTable.forBatches(rows, session, progress) { first, last in
        switch kind {
        case .inserts: FeedTable.insertion(first, last)
        case .updates: FeedTable.change(first, last)
        case .deletes: FeedTable.removal(first, last)
        }
      }
    }
    try session.run("FLUSH BINARY LOGS")
    return files
  }

  private static func configuration(_ path: String, _ socket: String) throws(SystemError) -> Configuration {
    do throws(ConfigurationError) {
      guard
        case .run(let configuration, _) = try Invocation.parse([
          "hearthd", "--config", path, "-s", socket, "-t", "1",
        ])
      else { throw ConfigurationError("no configuration") }
      return configuration
    } catch {
      throw SystemError(error.description)
    }
  }

  private static func server(_ configuration: Configuration) throws(SystemError) -> Server {
    do throws(ServerError) {
      return try Server(configuration)
    } catch {
      throw SystemError("\(error)")
    }
  }

  private static func size(_ path: String) throws(SystemError) -> Int64 {
    var status = stat()
    guard stat(path, &status) == 0 else { throw SystemError(call: path) }
    return Int64(status.st_size)
  }
}
