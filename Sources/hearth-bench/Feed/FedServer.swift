import CHearth
import Glibc

/// A hearthd that keeps the table ready, and what it says of that.
final class FedServer {
  let server: ServerProcess
  private let client: StatsClient
  /// When it was started, nanoseconds.
  let start = hearth_monotonic_ns()

  /// - Parameter loadRate: Rows per second; 0: as fast as it goes; nil: the default.
  init(_ path: String, _ database: FeedDatabase, rows: Int, loadRate: Int?, pin: Int? = nil)
    throws(SystemError)
  {
    server = try ServerProcess.start(
      hearthd: path,
      configuration: FeedTable.configuration(socket: database.socket, rows: rows, loadRate: loadRate),
      memory: FeedTable.memory(rows: rows), threads: 1, pin: pin)
    client = try StatsClient(server.endpoint)
  }

  deinit { server.stop() }

  /// A field of `stats feeds`.
  func field(_ name: String) throws(SystemError) -> String {
    try client.stats("feeds")["bench:\(name)"] ?? ""
  }

  /// Waits until the table is loaded; `look` is called meanwhile, every few milliseconds.
  func awaitLoad(_ shown: Progress, _ look: () throws(SystemError) -> Void = {}) throws(SystemError) {
    while true {
      let fields = try client.stats("feeds")
      if let problem = fields["bench:\(FeedTable.name):problem"] ?? Self.trouble(fields) {
        throw SystemError("hearthd does not load the table: \(problem)")
      }
      if fields["bench:phase"] == "following" { return shown.clear() }
      shown.show { "\(fields["bench:rows_read"] ?? "") rows" }
      try look()
      usleep(5000)
    }
  }

  private static func trouble(_ fields: [String: String]) -> String? {
    guard let errors = fields["bench:connection_errors"], errors != "0" else { return nil }
    return fields["bench:last_error"]
  }
}
