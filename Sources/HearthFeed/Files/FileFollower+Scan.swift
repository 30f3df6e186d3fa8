import CHearth
import Glibc

/// Listing folders and reading files, a little at a time.
extension FileFollower {
  enum Step {
    /// There is more to do.
    case more
    /// Before the next step all events have to be heard.
    case hear
    case idle
  }

  /// Names that are looked at in one step.
  private static let namesPerStep = 64

  /// The folder is listed soon.
  func want(_ folder: Folder, _ mode: ScanMode, _ lane: Lane) {
    guard folder.isAlive else { return }
    if let wanted = folder.wanted, wanted >= mode, lane !== urgent { return }
    folder.wanted = max(folder.wanted ?? .changes, mode)
    lane.scans.push(folder)
  }

  /// The file is read soon.
  func setDue(_ folder: Folder, _ name: Folder.Name, _ due: FileRecord.Due, _ lane: Lane) {
    change(folder, name) { $0.due = due }
    if folder.isQueuedForReading, lane !== urgent { return }
    folder.isQueuedForReading = true
    lane.reads.push(folder)
  }

  /// Does the next thing.
  func work(_ now: UInt64) -> Step {
    if let step = step(urgent) { return step }
    if pausedUntil > now { return .idle }
    return step(rolling) ?? .idle
  }

  private func step(_ lane: Lane) -> Step? {
    if lane.listing != nil { return list(lane) }
    if let folder = lane.scans.pop() {
      beginListing(folder, lane)
      return .hear
    }
    if lane.reading != nil { return readOne(lane) }
    if let folder = lane.reads.pop() {
      beginReading(folder, lane)
      return .more
    }
    return nil
  }

  // ---- listing

  private func beginListing(_ folder: Folder, _ lane: Lane) {
    guard folder.isAlive, let mode = folder.wanted else { return }
    folder.wanted = nil
    let descriptor = open(folder)
    if descriptor < 0 { return noteUnopened(folder, FileFailure(code: -descriptor)) }
    if case .success(let status) = FileCalls.status(descriptor) { folder.identity = status.identity }
    // Watched before it is listed: what comes later is told.
    watch(folder, descriptor)
    switch FileCalls.names(in: descriptor) {
    case .success(let names):
      if let parent = folder.parent { removeFile(parent, folder.name) }
      lane.listing = Lane.Listing(folder: folder, descriptor: descriptor, mode: mode, names: names)
    case .failure(let failure):
      FileCalls.shut(descriptor)
      noteUnopened(folder, failure)
    }
  }

  private func list(_ lane: Lane) -> Step {
    guard var listing = lane.listing else { return .more }
    let folder = listing.folder
    guard folder.isAlive else {
      lane.endListing()
      return .more
    }
    let end = min(listing.next + Self.namesPerStep, listing.names.count)
    for name in listing.names[listing.next..<end] where !NameRule.isLeftOut(name) {
      look(folder, name, at: listing.descriptor, .listed(listing.mode), lane)
    }
    listing.next = end
    lane.listing = listing
    if end == listing.names.count {
      forgetVanished(listing, lane)
      lane.endListing()
    }
    return .more
  }

  /// What is known and was not listed is gone; that all events before the listing were heard makes it a difference.
  private func forgetVanished(_ listing: Lane.Listing, _ lane: Lane) {
    let folder = listing.folder
    var known = Set(folder.files.keys)
    known.formUnion(folder.folders.keys)
    known.formUnion(folder.links.keys)
    known.subtract(listing.names)
    for name in known {
      let wasStored = folder.files[name]?.isStored == true
      look(folder, name, at: listing.descriptor, .listed(listing.mode), lane)
      if listing.mode == .compare, wasStored, folder.files[name] == nil {
        status.differences += 1
        vanished += 1
      }
    }
  }

  /// A folder that cannot be opened or listed.
  private func noteUnopened(_ folder: Folder, _ failure: FileFailure) {
    guard let parent = folder.parent else {
      isRootDoubtful = true
      return tellOfRoot("cannot list \(feed.configuration.path): \(failure.text)")
    }
    if failure.isMissing || failure.code == ELOOP {
      lookAgain(parent, folder.name)
    } else if failure.isPassing {
      note(failure, folder.path)
      isRootDoubtful = true
    } else {
      // Its name stands for all that is in it, until its attributes change.
      if !failure.isRefusal { note(failure, folder.path) }
      removeFolder(parent, folder.name)
      leaveOut(parent, folder.name, failure.code == ENAMETOOLONG ? .noKey : .unreadable, signature: 0)
    }
  }

  // ---- reading

  private func beginReading(_ folder: Folder, _ lane: Lane) {
    folder.isQueuedForReading = false
    guard folder.isAlive else { return }
    let names = folder.files.filter { $0.value.due != .no }.map(\.key)
    if names.isEmpty { return }
    let descriptor = open(folder)
    if descriptor < 0 {
      // Its own name is looked at by a scan.
      want(folder, .changes, urgent)
      for name in names {
        change(folder, name) {
          $0.due = .no; $0.signature = 0
        }
      }
      return
    }
    lane.reading = Lane.Reading(folder: folder, descriptor: descriptor, names: names)
  }

  private func readOne(_ lane: Lane) -> Step {
    guard var reading = lane.reading else { return .more }
    let folder = reading.folder
    guard folder.isAlive, reading.next < reading.names.count else {
      lane.endReading()
      return .more
    }
    let name = reading.names[reading.next]
    reading.next += 1
    lane.reading = reading
    if folder.files[name]?.due == .confirm {
      hear()
      guard folder.isAlive else { return .more }
    }
    // An event may have been faster.
    guard let record = folder.files[name], record.due != .no else { return .more }
    if folder.links[name] == nil {
      take(folder, name, at: reading.descriptor, name)
    } else {
      takeThroughLink(folder, name)
    }
    if folder.files[name]?.due == .confirm, !folder.isQueuedForReading {
      folder.isQueuedForReading = true
      lane.reads.push(folder)
    }
    if lane === rolling, pacer.rate > 0 {
      let now = hearth_monotonic_ns()
      pausedUntil = now + pacer.pause(after: 1, now: now)
    }
    return .more
  }

  // ---- opening

  /// The folder, open to be listed, wherever its path leads now; minus errno.
  func open(_ folder: Folder) -> Int32 {
    if folder.isRoot { return FileCalls.openFolder(in: rootDescriptor, [46]) }
    let path = folder.path
    if folder.linkDepth == 0 {
      let descriptor = FileCalls.openBeneath(rootDescriptor, path)
      if descriptor >= 0 || ![-ENOSYS, -EPERM].contains(descriptor) { return descriptor }
    }
    switch walk(followsLinks: folder.linkDepth > 0).go(path) {
    case .folder(let descriptor, _): return descriptor
    case .file(let parent, _, _):
      FileCalls.shut(parent)
      return -ENOTDIR
    case .outside, .loop: return -ELOOP
    case .failed(let failure): return -failure.code
    }
  }

  func walk(followsLinks: Bool) -> LinkWalk {
    LinkWalk(root: rootDescriptor, rootPaths: rootPaths, followsLinks: followsLinks)
  }
}
