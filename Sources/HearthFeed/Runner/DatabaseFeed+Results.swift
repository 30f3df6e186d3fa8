import HearthConfig

/// What became of what other nodes have to do.
extension DatabaseFeed {
  /// Waits for room where mutations are sent. Not under the lock.
  @inline(__always)
  func awaitRoom() { if answersLater { target.awaitRoom() } }

  /// What was changed goes on its way.
  @inline(__always)
  func push() { if answersLater { target.push() } }

  /// Notes what has come. Under the lock.
  @inline(__always)
  func takeResults() { if answersLater { take(target.takeResults()) } }

  /// Waits until everything has come. Under the lock, which is let go meanwhile.
  func settle() {
    if !answersLater { return }
    let results = monitor.unlocked { target.settle() }
    take(results)
  }

  private func take(_ results: [FeedResult]) {
    for result in results {
      let index = Int(result.note.table)
      let table = tables.indices.contains(index) ? tables[index] : nil
      if let found = result.found {
        if found == .equal { continue }
        if result.outcome == .stored { status.stored += 1 }
        // A value that is too large for an item is right not to be there.
        if let table, result.note.purpose == .alarm, !(result.outcome == .tooLarge && found == .missing) {
          result.key.withUnsafeBytes { note(difference: $0, table) }
        }
      } else if let outcome = result.outcome, outcome != .stored {
        // It was counted when it was sent.
        status.stored -= min(status.stored, 1)
      }
      switch result.outcome {
      case .noMemory:
        if let table { noteFull(table) } else { status.outOfMemory += 1 }
      case .tooLarge: status.skipped += 1
      default: break
      }
      if let table, result.wasRemoved {
        if result.note.purpose == .alarm { result.key.withUnsafeBytes { note(difference: $0, table) } }
        if result.note.purpose == .vanished { table.vanished.append(result.key) }
      }
    }
  }

  /// An entry was not what the pass that is under way has read. Under the lock.
  func note(difference key: UnsafeRawBufferPointer, _ table: FollowedTable) {
    guard let pass = table.pass else { return }
    pass.differences += 1
    if !pass.isAlarming { return }
    status.differences += 1
    if pass.differences <= 10 {
      tell(
        "sweep of \(table.name): \(String(decoding: key, as: UTF8.self)) was not what the table says; repaired"
      )
    }
  }
}
