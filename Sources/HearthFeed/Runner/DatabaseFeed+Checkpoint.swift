import CHearth

/// The file that says up to where the log is applied.
extension DatabaseFeed {
  /// A checkpoint is at least so many nanoseconds older than the one before.
  private static let interval: UInt64 = 1_000_000_000

  /// Goes on where the checkpoint says, if what it stands for is in memory still. Before the threads.
  func resume() {
    guard let path = configuration.checkpoint, let checkpoint = Checkpoint.read(path),
      checkpoint.arena == arena
    else {
      return
    }
    applied = AppliedLog(
      position: checkpoint.position, gtids: MariaDBGTIDState(checkpoint.gtid) ?? MariaDBGTIDState(),
      names: MySQLGTIDSet(checkpoint.gtid) ?? MySQLGTIDSet())
    serverID = checkpoint.serverID
    ordinal = checkpoint.ordinal
    for table in tables {
      table.isLoaded = true
      table.wanted = nil
      table.lastPass = hearth_monotonic_ns()
    }
    progress = LoadProgress(expected: 0, start: 0)
    progress?.finish()
  }

  /// Writes the checkpoint if it is time, everything is loaded and nothing waits to be read again. Not under the lock.
  func writeCheckpoint(now: UInt64, always: Bool = false) {
    guard let path = configuration.checkpoint else { return }
    let checkpoint: Checkpoint? = monitor.locked {
      guard always || now - checkpointTime >= Self.interval, let applied, !applied.position.file.isEmpty,
        !isInMidTransaction,
        tables.allSatisfy({ $0.isLoaded && $0.pass == nil || $0.problem != nil }), rereads.isEmpty,
        requeries.isEmpty
      else { return nil }
      checkpointTime = now
      return Checkpoint(
        arena: arena, ordinal: ordinal, serverID: serverID, position: applied.position,
        gtid: applied.nameText)
    }
    guard let checkpoint, let problem = checkpoint.write(path) else { return }
    let isNew = monitor.locked {
      let isNew = status.lastError != problem
      status.lastError = problem
      return isNew
    }
    if isNew { tell(problem) }
  }
}
