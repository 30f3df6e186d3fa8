import CHearth

/// What the kernel tells, and watching.
extension FileFollower {
  /// Hears all events that are there, and looks where they point.
  func hear() {
    guard let inotify else { return }
    var batch = ChangeBatch()
    inotify.read(into: &batch)
    if batch.events == 0 { return }
    status.rowEvents += UInt64(batch.events)
    status.transactions += 1
    if batch.hasOverflow {
      hasLostEvents = true
      status.lastError =
        "more changes at once than fs.inotify.max_queued_events holds: the directory is walked again"
      feed.tell(status.lastError)
    }
    apply(batch)
  }

  private func apply(_ batch: ChangeBatch) {
    for number in batch.ended {
      for folder in watches.removeValue(forKey: number)?.folders ?? [] { folder.watch = -1 }
    }
    var near = OpenFolder()
    for change in batch.names {
      guard let watch = watches[change.watch] else { continue }
      let look = batch.look(at: change)
      if !NameRule.isLeftOut(change.name) || change.name.first == UInt8(ascii: "#") {
        for folder in watch.folders where folder.isAlive { apply(change.name, look, to: folder, &near) }
      }
      for link in watch.dependents[change.name] ?? [] where link.isAlive {
        follow(link, after: change.name, look)
      }
    }
    near.close()
    for number in batch.altered where watches[number]?.folders.contains(where: \.isRoot) == true {
      want(root, .changes, urgent)
    }
    for number in batch.doubtful {
      for folder in watches[number]?.folders ?? [] {
        if folder.isRoot { isRootDoubtful = true } else { want(folder, .changes, urgent) }
      }
    }
  }

  private func apply(_ name: Folder.Name, _ look: Look, to folder: Folder, _ near: inout OpenFolder) {
    if near.folder !== folder {
      near.close()
      near = OpenFolder(folder: folder, descriptor: open(folder))
    }
    // Where the folder is not there any more an event of its parent says so.
    if near.descriptor < 0 {
      let failure = FileFailure(code: -near.descriptor)
      if failure.isPassing {
        note(failure, folder.path)
        isRootDoubtful = true
      }
      return
    }
    // What was written without a name (O_TMPFILE) and got one is told as closed under a name of the kernel's.
    if look == .complete, name.first == UInt8(ascii: "#") { settle(in: folder, at: near.descriptor) }
    if !NameRule.isLeftOut(name) { self.look(folder, name, at: near.descriptor, look, urgent) }
  }

  /// The folder of the last event, kept open for the next.
  private struct OpenFolder {
    var folder: Folder?
    var descriptor: Int32 = -1

    func close() { if descriptor >= 0 { FileCalls.shut(descriptor) } }
  }

  // ---- watching

  /// Changes in the open folder are told from now on.
  func watch(_ folder: Folder, _ descriptor: Int32) {
    let number = number(of: descriptor)
    if let number, number == folder.watch { return }
    let old = folder.watch
    folder.watch = number ?? -1
    if let number { known(number).folders.append(folder) }
    release(old, of: folder)
  }

  func known(_ number: Int32) -> Watch {
    let watch = watches[number] ?? Watch()
    watches[number] = watch
    return watch
  }

  /// The watch of an open directory, which is made if there is none; nil: it cannot be watched.
  func number(of descriptor: Int32) -> Int32? {
    guard let inotify else {
      hasMissedWatch = true
      return nil
    }
    let number = inotify.watch(descriptor)
    if number >= 0 { return number }
    noteBlindness(-number, limit: "fs.inotify.max_user_watches")
    return nil
  }

  func release(_ number: Int32, of folder: Folder) {
    guard number >= 0, let watch = watches[number] else { return }
    watch.folders.removeAll { $0 === folder }
    endIfUnneeded(number, watch)
  }

  func endIfUnneeded(_ number: Int32, _ watch: Watch) {
    if watch.isNeeded { return }
    watches[number] = nil
    inotify?.end(number)
  }
}
