import HearthHerd

extension Server {
  /// The keys held at the mutex port now, at most `limit` of them, in no order. Any thread. The table is locked for 64
  /// at a time, so a key that is released and taken again meanwhile may be listed twice or not at all.
  public func locks(limit: Int) -> [HeldLock] {
    let port = state.pointee.mutex
    var cursor: UInt32 = 0
    var rows: [MutexListing] = []
    var more = true
    while more && rows.count < limit {
      more = port.locked { now in
        port.table.pointee.list(from: &cursor, limit: MutexPort.step, now: now) { rows.append($0) }
      }
    }
    return rows.prefix(max(0, limit)).map { row in
      HeldLock(
        key: Self.hexadecimal(row.key), owner: row.owner, heldForMilliseconds: row.heldFor,
        waiters: row.waiters)
    }
  }

  private static func hexadecimal(_ key: MutexKey) -> String {
    key.withBytes { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
