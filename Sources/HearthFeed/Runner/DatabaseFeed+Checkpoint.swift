import CHearth

/// The file that says up to where the log is applied, and what other nodes are told of it.
extension DatabaseFeed {
  /// A checkpoint is at least so many nanoseconds older than the one before.
  private static let interval: UInt64 = 1_000_000_000

  /// Goes on where the checkpoint says, if what it stands for is in memory still. Before the threads.
  func resume() {
    if let place = target.inheritedPlace {
      goOn(from: place.checkpoint)
      for table in tables where !target.wasReady(pool: table.pool) {
        // It had not all of it, or no room for it.
        table.isLoaded = false
        table.wanted = .reload
      }
      // What was still to be read by the feed's runner before is not known here.
      if !place.isSettled { for table in tables { table.want(.reload) } }
      return
    }
    if target.wantsPlaces { return }
    guard let path = configuration.checkpoint, let checkpoint = Checkpoint.read(path),
      checkpoint.arena == arena
    else {
      return
    }
    goOn(from: checkpoint)
  }

  private func goOn(from checkpoint: Checkpoint) {
    applied = checkpoint.applied
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

  /// Tells the target how far the feed is, once everything is loaded. Under the lock.
  func notePlace() {
    guard target.wantsPlaces, let applied, !applied.position.file.isEmpty, !isInMidTransaction,
      tables.allSatisfy({ $0.isLoaded || $0.problem != nil })
    else { return }
    target.note(
      FeedPlace(
        Checkpoint(
          arena: 0, ordinal: ordinal, serverID: serverID, position: applied.position, gtid: applied.nameText),
        isSettled: isSettled))
  }

  /// Nothing that was told has still to be read or asked for, but for what a sweep looks at.
  private var isSettled: Bool {
    rereads.isEmpty && requeries.isEmpty && !isReaderAsking
      && tables.allSatisfy { $0.wanted == nil && $0.pass?.purpose != .reload }
  }

  /// The reader has done all that it had taken. Under the lock.
  func noteReader(isAsking: Bool) {
    let isDone = isReaderAsking && !isAsking
    isReaderAsking = isAsking
    if isDone, isSettled { notePlace() }
  }

  /// Writes the checkpoint if it is time, everything is loaded and nothing waits to be read again. Not under the lock.
  func writeCheckpoint(now: UInt64, always: Bool = false) {
    guard let path = configuration.checkpoint, !target.wantsPlaces else { return }
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
