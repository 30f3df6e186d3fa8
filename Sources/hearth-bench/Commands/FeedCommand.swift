import ArgumentParser
import CHearth

/// `hearth-bench feed`: what keeping a table ready costs, and how soon a change is there.
struct FeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feed",
    abstract: "Measures feeds: rows per second, commit to visible, loads, and what clients notice of them.",
    discussion: """
      Starts a MariaDB server of its own on a socket in a temporary folder (package mariadb-server), \
      and hearthd with a table of it. The parts, which --only chooses from: \
      rendering: rows of binlog files become entries, in this program on one core; \
      visibility: transactions at --rate, and gets that look for what they changed; \
      load: --rows rows at full speed; \
      clients: gets to another pool while a table is loaded at the default rate, and after.
      """)

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case rendering, visibility, load, clients
  }

  @Option(help: "The hearthd to measure (default: the one beside this program).") var hearthd: String?
  @Option(help: "Measure this part only: rendering, visibility, load or clients. May be repeated.")
  var only: [Part] = []
  @Option(help: "Rows of the table that is loaded.") var rows = 2_000_000
  @Option(help: "Rows for rendering.") var rendered = 500_000
  @Option(help: "Transactions per second.") var rate = 5000
  @Option(help: "Seconds of transactions.") var seconds = 20
  @Option(help: "Connections that write.") var writers = 8
  @Option(help: "Gets per second of the clients beside a load.") var clientRate = 2000
  @Option(help: "Rounds of rendering, and of clients beside a load.") var runs = 5
  @Flag(help: "Print the result as JSON.") var json = false
  @Flag(help: "Show progress even where standard error is no terminal.") var progress = false

  func validate() throws {
    guard (1000...100_000_000).contains(rows), (1000...10_000_000).contains(rendered) else {
      throw ValidationError("--rows must be 1000 to 100000000, --rendered 1000 to 10000000")
    }
    guard (1...1_000_000).contains(rate), (1...3600).contains(seconds), (1...100).contains(writers) else {
      throw ValidationError("--rate must be 1 to 1000000, --seconds 1 to 3600, --writers 1 to 100")
    }
    guard (4...1_000_000).contains(clientRate), (1...1000).contains(runs) else {
      throw ValidationError("--client-rate must be 4 to 1000000, --runs 1 to 1000")
    }
  }

  func run() throws {
    let parts = only.isEmpty ? Part.allCases : only
    let database = try FeedDatabase()
    let shown = Progress.wanted(forced: progress)
    let server = hearthd ?? ServerOptions.sibling("hearthd")
    var report = FigureReport()
    var failure: SystemError?
    do throws(SystemError) {
      for part in Part.allCases where parts.contains(part) {
        if part == .load || (part == .clients && !parts.contains(.load)) { try fill(database, shown) }
        report.add(try measure(part, database, server, shown))
      }
    } catch {
      failure = error
    }
    // What was measured before something went wrong is not lost.
    if !report.figures.isEmpty { Console.output(json ? report.json : report.text) }
    if let failure { throw failure }
  }

  private func measure(
    _ part: Part, _ database: FeedDatabase, _ server: String, _ shown: Bool
  ) throws(SystemError) -> FigureReport {
    switch part {
    case .rendering:
      let measure = RenderingMeasure(database, rows: rendered, runs: runs, shown: shown)
      try BackgroundThread { measure.run() }.join()
      if let failure = measure.failure { throw failure }
      return measure.report
    case .visibility:
      return try VisibilityMeasure.measure(
        database, hearthd: server, rate: rate, seconds: seconds, writers: writers, shown: shown)
    case .load:
      return try TableLoadMeasure.measure(database, hearthd: server, rows: rows, shown: shown)
    case .clients:
      return try ClientsMeasure.measure(
        database, hearthd: server, rows: rows, rate: clientRate, runs: runs, shown: shown)
    }
  }

  /// The table that is loaded. Its log would only be read by nobody.
  private func fill(_ database: FeedDatabase, _ shown: Bool) throws(SystemError) {
    let session = try DatabaseSession(socket: database.socket)
    for statement in FeedTable.creation { try session.run(statement) }
    try session.run("SET sql_log_bin = 0")
    let progress = Progress(enabled: shown, prefix: "rows to load ")
    try FeedTable.forBatches(rows, session, progress, FeedTable.insertion)
    // The scale of the load's progress comes from the statistics.
    try session.run("ANALYZE TABLE \(FeedTable.name)")
  }
}
