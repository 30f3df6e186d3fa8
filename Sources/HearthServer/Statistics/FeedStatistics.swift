import HearthFeed

/// `stats feeds`: what each feed does, and its tables.
enum FeedStatistics {
  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    for status in w.pointee.server.pointee.feeds?.statuses ?? [] {
      add(status) { s.add("\(status.name):\($0)", $1) }
    }
    return s
  }

  private static func add(_ status: FeedStatus, _ body: (String, String) -> Void) {
    func add(_ name: String, _ value: some CustomStringConvertible) { body(name, value.description) }
    add("phase", status.phase.rawValue)
    add("server", status.server)
    add("position", status.position)
    add("gtid", status.gtid)
    add("transactions", status.transactions)
    add("row_events", status.rowEvents)
    add("stored", status.stored)
    add("removed", status.removed)
    add("lag_seconds", status.lagSeconds)
    if let lag = status.lagBytes { add("lag_bytes", lag) }
    if let lag = status.lagTransactions { add("lag_transactions", lag) }
    add("load_percent", status.loadPercent)
    if let left = status.loadSecondsLeft { add("load_seconds_left", left) }
    add("rows_read", status.rowsRead)
    add("sweeps", status.sweeps)
    add("differences", status.differences)
    add("requeries", status.requeries)
    add("requeries_waiting", status.requeriesWaiting)
    add("skipped", status.skipped)
    add("out_of_memory", status.outOfMemory)
    add("connection_errors", status.connectionErrors)
    add("last_error", status.lastError)
    if let age = status.lastErrorAge { add("last_error_age", age) }
    for table in status.tables {
      add("\(table.name):loaded", table.isLoaded ? 1 : 0)
      add("\(table.name):rows", table.rows)
      if let problem = table.problem { add("\(table.name):problem", problem) }
    }
  }
}
