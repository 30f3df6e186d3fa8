import CHearth
import Glibc

/// Where the tree begins, and beginning anew.
extension FileFollower {
  /// Opens the root and begins to read all of it, as far as it is not known. Answers why it cannot.
  func attach() -> FileFailure? {
    let path = feed.configuration.path
    let descriptor = FileCalls.openFolder(at: path)
    if descriptor < 0 { return FileFailure(code: -descriptor) }
    switch FileCalls.status(descriptor) {
    case .failure(let failure):
      FileCalls.shut(descriptor)
      return failure
    case .success(let status): root.identity = status.identity
    }
    rootDescriptor = descriptor
    rootPaths = [Array(path.utf8)]
    if let real = realpath(path, nil) {
      rootPaths.append(Array(String(cString: real).utf8))
      free(real)
    }
    if !toldOfRoot.isEmpty { feed.tell("\(path) is there") }
    toldOfRoot = ""
    isBlind = false
    hasMissedWatch = false
    do throws(FileFailure) {
      inotify = try Inotify()
    } catch {
      noteBlindness(error.code, limit: "fs.inotify.max_user_instances")
    }
    lastCheck = hearth_monotonic_ns()
    begin(.load, .changes)
    return nil
  }

  /// Lets go of the root; what is known of the tree stays.
  func detach() {
    urgent.clear()
    rolling.clear()
    if isVerification { wantsSweep = true }
    round = .none
    unsettled = [:]
    watches = [:]
    inotify = nil
    isRootDoubtful = false
    root.forEach { folder in
      folder.watch = -1
      folder.wanted = nil
      folder.isQueuedForReading = false
      for link in folder.links.values { link.dependencies = [] }
    }
    if rootDescriptor >= 0 { FileCalls.shut(rootDescriptor) }
    rootDescriptor = -1
  }

  /// The path leads elsewhere by now, or nowhere. Asked now and then, because nothing tells of what is above the root.
  func isRootReplaced(_ now: UInt64) -> Bool {
    if !isRootDoubtful, !Self.isOver(feed.times.check, since: lastCheck, now) { return false }
    lastCheck = now
    guard !isRootDoubtful, case .success(let status) = FileCalls.status(at: feed.configuration.path) else {
      return true
    }
    return status.identity != root.identity
  }

  /// Some changes will not be told, so that the tree has to be walked.
  /// - Parameter limit: What to raise if that is the reason.
  func noteBlindness(_ code: Int32, limit: String) {
    hasMissedWatch = true
    if isBlind { return }
    isBlind = true
    lastWalk = hearth_monotonic_ns()
    let seconds = max(1, feed.times.walk / 1000)
    let line =
      code == ENOSPC || code == EMFILE
      ? "the system gives no more watches: raise \(limit); until then the directory is walked every \(seconds) s"
      : "changes cannot be watched (\(FileFailure(code: code).text)): the directory is walked every \(seconds) s"
    status.lastError = line
    if line != toldOfWatches { feed.tell(line) }
    toldOfWatches = line
  }
}
