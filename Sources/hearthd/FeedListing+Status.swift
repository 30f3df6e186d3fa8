import HearthAdmin
import HearthFeed

extension FeedListing {
  /// What a feed says of itself.
  init(_ status: FeedStatus) {
    self.init(
      name: status.name, phase: status.phase.rawValue, server: status.server, position: status.position,
      loadPercent: UInt64(status.loadPercent), loadSecondsLeft: status.loadSecondsLeft,
      lagSeconds: status.lagSeconds, lagBytes: status.lagBytes, lagTransactions: status.lagTransactions,
      differences: status.differences, lastError: status.lastError,
      lastErrorAge: status.lastErrorAge,
      tables: status.tables.map { table in
        let last = table.verification
        return Table(
          name: table.name, isLoaded: table.isLoaded, rows: table.rows, problem: table.problem,
          verifications: last.count,
          verified: (rows: last.rows, differences: last.differences, vanished: last.vanished))
      })
  }
}

extension PreviewListing {
  /// What a feed says of a preview.
  init(_ state: Preview.State) {
    switch state {
    case .pending: self = .pending
    case .failed(let line): self = .failed(line)
    case .done(let preview):
      self = .done(
        Rows(
          count: UInt64(preview.rows), excluded: UInt64(preview.excluded), skipped: UInt64(preview.skipped),
          entries: preview.entries.map { entry in
            Entry(
              kind: entry.kind.rawValue, key: String(decoding: entry.key, as: UTF8.self),
              value: String(decoding: entry.value, as: UTF8.self), length: UInt64(entry.length),
              flags: UInt64(entry.flags), ttl: UInt64(entry.ttl))
          }))
    }
  }
}
