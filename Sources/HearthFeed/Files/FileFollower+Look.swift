import CHearth
import Glibc

/// Looking at a name: what is there becomes what is known.
extension FileFollower {
  /// Links on one path, and folders that links lead to: bounds for links that lead to each other.
  private static let linkDepthLimit = 8
  private static let linkedFolderLimit = 100_000

  /// - Parameters:
  ///   - directory: The folder, open.
  ///   - lane: Where what has to be listed or read goes.
  func look(_ folder: Folder, _ name: Folder.Name, at directory: Int32, _ look: Look, _ lane: Lane) {
    switch FileCalls.status(in: directory, name) {
    case .failure(let failure):
      if failure.isMissing {
        forget(folder, name)
      } else if failure.isRefusal {
        removeFolder(folder, name)
        leaveOut(folder, name, .unreadable, signature: 0)
      } else {
        note(failure, folder.path(of: name))
        unsettle(folder, name, signature: 0)
      }
    case .success(let found):
      if found.kind != .link { removeLink(folder, name) }
      switch found.kind {
      case .file:
        removeFolder(folder, name)
        fileFound(folder, name, at: directory, name, found, look, lane)
      case .folder: folderFound(folder, name, found.identity, isLink: false, look, lane)
      case .link: linkFound(folder, name, look == .incomplete ? .complete : look, lane)
      case .special:
        removeFolder(folder, name)
        leaveOut(folder, name, .special, signature: found.signature)
      }
    }
  }

  /// Looks at a name in a folder that is not open.
  func lookAgain(_ folder: Folder, _ name: Folder.Name) {
    let descriptor = open(folder)
    if descriptor < 0 { return }
    look(folder, name, at: descriptor, .listed(.changes), urgent)
    FileCalls.shut(descriptor)
  }

  /// - Parameters:
  ///   - directory: Where the file is, open, and its name there: elsewhere if the name is a link.
  func fileFound(
    _ folder: Folder, _ name: Folder.Name, at directory: Int32, _ realName: Folder.Name, _ found: FileStatus,
    _ look: Look, _ lane: Lane
  ) {
    if found.names > 1 { noteSharedFile(folder, name, found.identity, look) }
    let record = folder.files[name]
    let isUnchanged = record?.signature == found.signature
    switch look {
    case .complete: take(folder, name, at: directory, realName)
    case .listed(let mode):
      change(folder, name) { $0.size = Self.recorded(found.size) }
      if let record, record.due != .no {
        setDue(folder, name, record.due, lane)
      } else if mode == .compare, record?.isStored == true {
        // What is being written is told when it is closed.
        if folder.watch < 0 || found.isSettled(now: FileCalls.now) { setDue(folder, name, .compare, lane) }
      } else if !isUnchanged {
        setDue(folder, name, .read, lane)
      }
    case .incomplete:
      if isUnchanged { return }
      if found.names > 1 || record?.leftOut == .unreadable {
        // One more name for a file that was there, or it may be read by now.
        take(folder, name, at: directory, realName)
      } else {
        if record?.isStored == true { refuseUnreadable(folder, name, at: directory, realName) }
        unsettle(folder, name, signature: found.signature)
      }
    }
  }

  static func recorded(_ size: Int) -> UInt32 { UInt32(clamping: size) }

  /// A file that may not be read any more has no entry, whoever is writing it.
  private func refuseUnreadable(
    _ folder: Folder, _ name: Folder.Name, at directory: Int32, _ realName: Folder.Name
  ) {
    let descriptor = FileCalls.openFile(in: directory, realName)
    if descriptor >= 0 { return FileCalls.shut(descriptor) }
    if FileFailure(code: -descriptor).isRefusal { leaveOut(folder, name, .unreadable, signature: 0) }
  }

  func folderFound(
    _ folder: Folder, _ name: Folder.Name, _ identity: FileIdentity, isLink: Bool, _ look: Look, _ lane: Lane
  ) {
    if isLink {
      let isEndless =
        folder.isWithin(identity) || folder.linkDepth >= Self.linkDepthLimit
        || linkedFolders >= Self.linkedFolderLimit
      if isEndless {
        removeFolder(folder, name)
        return leaveOut(folder, name, .loop, signature: 0)
      }
    }
    // What stands for a folder that could not be opened stays until it can.
    if folder.files[name]?.leftOut != .unreadable { removeFile(folder, name) }
    let mode: ScanMode = if case .listed(let mode) = look { mode } else { .changes }
    if let child = folder.folders[name] {
      let isSame = child.identity == identity && child.isLink == isLink && child.watch >= 0
      child.identity = identity
      child.isLink = isLink
      // Attributes of a folder mean something for what is in it only if it can be entered no more, or again.
      if isSame, look == .incomplete, !hasBarringChanged(child) { return }
      return want(child, mode, lane)
    }
    let child = Folder(name: name, parent: folder)
    child.identity = identity
    child.isLink = isLink
    folder.folders[name] = child
    if child.linkDepth > 0 {
      child.isCounted = true
      linkedFolders += 1
    }
    want(child, mode, lane)
  }

  private func hasBarringChanged(_ folder: Folder) -> Bool {
    let descriptor = open(folder)
    if descriptor < 0 { return true }
    defer { FileCalls.shut(descriptor) }
    let wasBarred = folder.isBarred
    if case .failure = FileCalls.status(in: descriptor, [46]) {
      folder.isBarred = true
    } else {
      folder.isBarred = false
    }
    return wasBarred || folder.isBarred
  }

  // ---- files that nobody has closed

  /// The file is looked at again soon.
  func unsettle(_ folder: Folder, _ name: Folder.Name, signature: UInt64) {
    let key = Unsettled.Name(folder: ObjectIdentifier(folder), name: name)
    unsettled[key] = Unsettled(
      folder: folder, name: name, deadline: hearth_monotonic_ns() + UInt64(feed.times.quiet) * 1_000_000,
      signature: signature)
  }

  /// Takes the files that have stayed the same for long enough.
  func settle(_ now: UInt64) {
    if unsettled.isEmpty { return }
    for (key, waiting) in unsettled where waiting.deadline <= now {
      unsettled[key] = nil
      guard waiting.folder.isAlive else { continue }
      let descriptor = open(waiting.folder)
      if descriptor < 0 { continue }
      defer { FileCalls.shut(descriptor) }
      settle(waiting, at: descriptor)
    }
  }

  /// Somebody has closed a file in the folder whose name is not known.
  func settle(in folder: Folder, at descriptor: Int32) {
    for (key, waiting) in unsettled where waiting.folder === folder {
      unsettled[key] = nil
      look(folder, waiting.name, at: descriptor, .complete, urgent)
    }
  }

  private func settle(_ waiting: Unsettled, at descriptor: Int32) {
    let (folder, name) = (waiting.folder, waiting.name)
    let isQuiet: Bool
    switch FileCalls.status(in: descriptor, name) {
    case .success(let status) where status.kind == .file && waiting.signature != 0:
      isQuiet = status.signature == waiting.signature
    default: isQuiet = true
    }
    look(folder, name, at: descriptor, isQuiet ? .complete : .incomplete, urgent)
  }
}
