extension TableReader {
  /// How often the server is asked at most: a name may be used again, for a transaction that stays prepared.
  private static let attempts = 250

  /// Whether queries see the XA transactions whose commits the log has told. A server logs such a commit before it commits, and its
  /// consistent views do not wait for it as they do for others: of 20,000 on MariaDB 10.11 ten missed a commit before their place.
  func seesCommitted(_ connection: borrowing DatabaseConnection) throws(DatabaseError) -> Bool {
    let committed = feed.monitor.locked { feed.committedXA }
    if committed.isEmpty { return true }
    var prepared: Set<String?> = []
    do throws(DatabaseError) {
      // Of those that are prepared still: format, lengths of the name's parts, the parts.
      prepared = Set(try connection.query("XA RECOVER").texts.map { $0.count > 3 ? $0[3] : nil })
    } catch {
      if error.isLossOfConnection { throw error }
      // The account may not ask.
      _ = feed.pause(milliseconds: 100)
    }
    let waiting = committed.filter {
      prepared.contains(String(decoding: $0.global + $0.branch, as: UTF8.self))
    }
    attemptsForXA += 1
    if !waiting.isEmpty, attemptsForXA < Self.attempts {
      _ = feed.pause(milliseconds: 2)
      return false
    }
    attemptsForXA = 0
    feed.monitor.locked { feed.committedXA.subtract(committed) }
    return true
  }
}
