import CHearth

/// Loads, walks and sweeps: rounds over the whole tree on the rolling lane.
extension FileFollower {
  /// A sweep has about half of the time between two, but reads at least so many files a second.
  private static let leastSweepRate = 2000

  /// Begins a round over the tree.
  func begin(_ round: Round, _ mode: ScanMode) {
    self.round = round
    isFull = false
    if round != .sweep { pacer = RatePacer(rate: 0) }
    pausedUntil = 0
    want(root, mode, rolling)
  }

  /// Ends the round that is done, and begins another if it is time.
  func beginRounds(_ now: UInt64) {
    guard urgent.isEmpty, rolling.isEmpty else { return }
    if round != .none { finish(now) }
    if wantsSweep || Self.isOver(feed.times.sweep, since: lastSweep, now) {
      let seconds = max(1, feed.times.sweep / 2000)
      pacer = RatePacer(rate: wantsSweep ? 0 : max(Self.leastSweepRate, totals.files / seconds))
      if wantsSweep { feed.noteVerification() }
      isVerification = wantsSweep
      wantsSweep = false
      differencesBefore = status.differences
      vanished = 0
      shared = [:]
      begin(.sweep, .compare)
    } else if isBlind || wantsWalk,
      Self.isOver(isBlind ? feed.times.walk : feed.times.quiet, since: lastWalk, now)
    {
      wantsWalk = false
      hasMissedWatch = false
      if inotify == nil { inotify = try? Inotify() }
      if inotify == nil { hasMissedWatch = true }
      begin(.walk, .changes)
    } else if totals.withoutRoom > 0, Self.isOver(feed.times.room, since: lastRoomCheck, now) {
      lastRoomCheck = now
      tryRoom()
    }
  }

  private func finish(_ now: UInt64) {
    let ended = round
    // What could not be read for a passing reason is read later; a load ends when it was.
    if ended == .load || ended == .room, totals.due > 0 {
      if unsettled.isEmpty { queueDue() }
      return
    }
    round = .none
    if ended == .walk || ended == .load {
      lastWalk = now
      if isBlind, !hasMissedWatch {
        isBlind = false
        toldOfWatches = ""
        feed.tell("changes are watched again")
      }
    }
    if ended == .sweep {
      lastSweep = now
      status.sweeps += 1
      if feed.target.isDeterministic(pool: feed.pool) { removeStrangers() }
      let found = status.differences - differencesBefore
      if found > 0 { feed.tell("sweep: \(found) entries were wrong, and are repaired") }
      if isVerification {
        isVerification = false
        verification.note(rows: UInt64(totals.stored), differences: found - vanished, vanished: vanished)
        feed.noteVerified()
      }
    }
    if problem != nil, totals.withoutRoom == 0 {
      problem = nil
      feed.tell("pool \(feed.configuration.pool) has room for all files again")
    }
    if !isLoaded, totals.due == 0, problem == nil {
      // What another node that ran the feed has stored, and this tree has not.
      if feed.target.wantsPlaces { removeStrangers() }
      isLoaded = true
      feed.tell("loaded: \(totals.stored) files, \(totals.storedBytes >> 20) MiB")
    }
    publish()
  }

  /// Everything that has to be read is queued for it.
  private func queueDue() {
    root.forEach { folder in
      if folder.files.contains(where: { $0.value.due != .no }) {
        folder.isQueuedForReading = true
        rolling.reads.push(folder)
      }
    }
  }

  /// Files that found no room are tried again: the pool may have got more memory, or lost other files.
  private func tryRoom() {
    round = .room
    isFull = false
    root.forEach { folder in
      let names = folder.files.filter { $0.value.leftOut == .noRoom }.map(\.key)
      for name in names { setDue(folder, name, .read, rolling) }
    }
  }

  /// Removes entries that no file has: a pool that never evicts holds what clients cannot have changed, and one with copies what was a
  /// file of another node's tree.
  private func removeStrangers() {
    let known = KeyFilter(keys: totals.stored, seed: hearth_monotonic_ns())
    root.forEach { folder in
      for (name, record) in folder.files where record.isStored {
        if case .success(let key) = keys.key(of: folder.path(of: name)) {
          key.withUnsafeBytes { known.insert($0) }
        }
      }
    }
    let shape = KeyShape(feed.configuration.key)
    let prefix = KeyShape.commonPrefix([shape])
    var walk = FeedWalk()
    var goesOn = true
    while goesOn {
      var strangers: [[UInt8]] = []
      goesOn = feed.target.walk(pool: feed.pool, prefix: prefix, &walk) { key in
        if shape.matches(key), !known.contains(key) { strangers.append(Array(key)) }
      }
      for key in strangers where drop(key) {
        status.removed += 1
        if !isLoaded { continue }
        status.differences += 1
        vanished += 1
      }
    }
  }

  /// A file found no room: a pool that never evicts must not pretend to be complete.
  func noteFull() {
    status.outOfMemory += 1
    if !feed.target.isDeterministic(pool: feed.pool) { return }
    isFull = true
    if problem != nil { return }
    let memory = Double(feed.target.memory(pool: feed.pool))
    let share = Double(totals.bytes) / Double(max(totals.storedBytes, 1))
    let needed = Int(max(min(memory * share, Double(totals.bytes) * 4), Double(totals.bytes)) * 1.1) >> 20
    let line =
      "pool \(feed.configuration.pool) is too small for \(feed.configuration.path): it needs about \(needed + 1) MiB; "
      + "raise its memory"
    problem = line
    status.lastError = line
    feed.tell(line)
    announceReadiness()
  }
}
