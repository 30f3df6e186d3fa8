import CHearth
import Glibc

/// Entries of the pool, and what is remembered of them.
extension FileFollower {
  /// So often a file that changes meanwhile is read before it is left for its close.
  private static let attempts = 3
  /// So many files are named as left out for one reason.
  private static let namedFiles = 10

  /// Reads a file and makes it the entry of its path.
  func take(_ folder: Folder, _ name: Folder.Name, at directory: Int32, _ realName: Folder.Name) {
    let path = folder.path(of: name)
    let key: [UInt8]
    switch keys.key(of: path) {
    case .success(let made): key = made
    case .failure(let problem):
      return leaveOut(folder, name, problem == .foreignPrefix ? .foreignKey : .noKey, signature: 0)
    }
    if isFull, folder.files[name]?.isStored != true {
      return leaveOut(folder, name, .noRoom, signature: 0)
    }
    unsettled[Unsettled.Name(folder: ObjectIdentifier(folder), name: name)] = nil
    for _ in 0..<Self.attempts {
      status.rowsRead += 1
      switch reader.read(in: directory, realName) {
      case .contents(let bytes, let found): return store(folder, name, path, key, bytes, found)
      case .tooLarge(let found):
        return leaveOut(folder, name, .tooLarge, signature: found.signature, size: found.size)
      case .changed: continue
      case .replaced:
        // The event that says so comes next, or the next walk sees it.
        return change(folder, name) {
          $0.due = .no; $0.signature = 0
        }
      case .failed(let failure): return noteUnread(folder, name, failure)
      }
    }
    if folder.files[name]?.isStored == true {
      change(folder, name) {
        $0.due = .no; $0.signature = 0
      }
    } else {
      leaveOut(folder, name, .changing, signature: 0)
    }
  }

  private func noteUnread(_ folder: Folder, _ name: Folder.Name, _ failure: FileFailure) {
    if failure.isMissing {
      if folder.links[name] == nil { forget(folder, name) } else { removeFile(folder, name) }
    } else if failure.isPassing {
      note(failure, folder.path(of: name))
      change(folder, name) { $0.due = .read }
      unsettle(folder, name, signature: 0)
    } else {
      if !failure.isRefusal { note(failure, folder.path(of: name)) }
      leaveOut(folder, name, .unreadable, signature: 0)
    }
  }

  private func store(
    _ folder: Folder, _ name: Folder.Name, _ path: [UInt8], _ key: [UInt8], _ bytes: UnsafeRawBufferPointer,
    _ found: FileStatus
  ) {
    let record = folder.files[name] ?? FileRecord()
    let signature = found.isSettled(now: FileCalls.now) ? found.signature : 0
    let claim = owners.claim(key, by: path)
    if !claim.isOwner { return leaveOut(folder, name, .sameKey, signature: signature) }
    if let ousted = claim.ousted { oust(ousted) }
    if record.isStored || !isLoaded && isInherited {
      let comparison = key.withUnsafeBytes {
        feed.target.compare(pool: feed.pool, key: $0, value: bytes, flags: 0)
      }
      if comparison == .equal {
        return change(folder, name) {
          $0.signature = signature; $0.size = Self.recorded(found.size); $0.due = .no; $0.isStored = true
          $0.leftOut = nil
        }
      }
      if record.due == .compare { return change(folder, name) { $0.due = .confirm } }
      let isWrong = comparison == .different || feed.target.isDeterministic(pool: feed.pool)
      if record.due == .confirm, isWrong { status.differences += 1 }
    }
    switch put(key, bytes) {
    case .stored, .sent:
      status.stored += 1
      change(folder, name) {
        $0 = FileRecord(signature: signature, size: Self.recorded(found.size), isStored: true)
      }
    case .tooLarge: leaveOut(folder, name, .tooLarge, signature: found.signature, size: found.size)
    case .noMemory:
      leaveOut(folder, name, .noRoom, signature: 0, size: found.size)
      noteFull()
    }
  }

  /// Another file has taken the key, and its entry is written over next.
  private func oust(_ path: [UInt8]) {
    guard let (folder, name) = find(path), folder.files[name] != nil else { return }
    change(folder, name) {
      $0.isStored = false; $0.leftOut = .sameKey; $0.due = .no
    }
    status.skipped += 1
  }

  /// The file has no entry, for this reason.
  func leaveOut(
    _ folder: Folder, _ name: Folder.Name, _ reason: LeftOut, signature: UInt64, size: Int? = nil
  ) {
    let before = folder.files[name]
    let path = folder.path(of: name)
    if reason != .sameKey { removeEntry(path, wasStored: before?.isStored == true) }
    change(folder, name) { record in
      if let size { record.size = Self.recorded(size) }
      record.isStored = false
      record.due = .no
      record.leftOut = reason
      record.signature = signature
    }
    if before?.leftOut == reason || reason == .noRoom { return }
    status.skipped += 1
    let count = named[reason, default: 0] + 1
    named[reason] = count
    if count > Self.namedFiles { return }
    let text = String(decoding: path, as: UTF8.self)
    feed.tell(
      "\(Self.printable(text)) is left out: \(reason.reason)"
        + (count == Self.namedFiles ? "; further ones are only counted" : ""))
  }

  /// One line, whatever the name has in it.
  private static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
  }

  /// A call failed for a reason that is not the file's.
  func note(_ failure: FileFailure, _ path: [UInt8]) {
    let line = "\(Self.printable(String(decoding: path, as: UTF8.self))): \(failure.text)"
    if line != status.lastError { feed.tell(line) }
    status.lastError = line
  }

  // ---- what is gone

  /// Nothing has the name any more.
  func forget(_ folder: Folder, _ name: Folder.Name) {
    removeLink(folder, name)
    removeFile(folder, name)
    removeFolder(folder, name)
  }

  func removeFile(_ folder: Folder, _ name: Folder.Name) {
    guard let record = folder.files.removeValue(forKey: name) else { return }
    totals.subtract(record)
    removeEntry(folder.path(of: name), wasStored: record.isStored)
  }

  func removeFolder(_ folder: Folder, _ name: Folder.Name) {
    guard let child = folder.folders.removeValue(forKey: name) else { return }
    removeContents(of: child)
    release(child.watch, of: child)
    child.watch = -1
    if child.isCounted { linkedFolders -= 1 }
    child.detach()
  }

  /// All below a folder.
  func removeContents(of folder: Folder) {
    // Entries first, because their paths need the folders' parents.
    var below: [Folder] = []
    folder.forEach { below.append($0) }
    for at in below {
      for name in Array(at.files.keys) { removeFile(at, name) }
      for name in Array(at.links.keys) { removeLink(at, name) }
    }
    for at in below where at !== folder {
      release(at.watch, of: at)
      at.watch = -1
      if at.isCounted { linkedFolders -= 1 }
      at.detach()
    }
    for at in below { at.folders = [:] }
  }

  private func removeEntry(_ path: [UInt8], wasStored: Bool) {
    guard case .success(let key) = keys.key(of: path) else { return }
    if wasStored {
      if drop(key) { status.removed += 1 }
    }
    if let heir = owners.release(key, by: path), let (folder, name) = find(heir) {
      setDue(folder, name, .read, urgent)
    }
  }

  // ---- the store

  /// Stores, and waits for the outcome wherever that is decided.
  private func put(_ key: [UInt8], _ value: UnsafeRawBufferPointer) -> FeedStoreOutcome {
    let outcome = key.withUnsafeBytes {
      feed.target.store(pool: feed.pool, key: $0, value: value, flags: 0, ttl: 0, note: .all)
    }
    if outcome != .sent { return outcome }
    return feed.target.settle().last?.outcome ?? .stored
  }

  /// Removes. Answers whether the key was there.
  func drop(_ key: [UInt8]) -> Bool {
    let was = key.withUnsafeBytes { feed.target.remove(pool: feed.pool, key: $0, note: .all) }
    if !feed.target.answersLater { return was }
    return feed.target.settle().last?.wasRemoved ?? false
  }

  // ---- records

  /// Changes a record, which is made if there is none, and the totals with it.
  func change(_ folder: Folder, _ name: Folder.Name, _ body: (inout FileRecord) -> Void) {
    var record = FileRecord()
    if let known = folder.files[name] {
      totals.subtract(known)
      record = known
    }
    body(&record)
    totals.add(record)
    folder.files[name] = record
  }

  /// The folder and the name that a path stands for; nil: it is not known.
  private func find(_ path: [UInt8]) -> (Folder, Folder.Name)? {
    var names = path.split(separator: UInt8(ascii: "/")).map(Array.init)
    guard let last = names.popLast() else { return nil }
    var folder = root
    for name in names {
      guard let next = folder.folders[name] else { return nil }
      folder = next
    }
    return folder.files[last] == nil ? nil : (folder, last)
  }
}
