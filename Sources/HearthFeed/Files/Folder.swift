/// A folder of the tree under one path. One that links lead to is there once for each path. Belongs to the feed's thread.
final class Folder {
  /// Names are bytes, whatever they mean.
  typealias Name = [UInt8]

  /// Nil: the root, or a folder that is no longer in the tree.
  private(set) unowned var parent: Folder?
  let name: Name
  /// Its name is a link.
  var isLink = false
  /// One of those that links lead to, which are counted.
  var isCounted = false
  var identity = FileIdentity()
  /// It may be listed, but nothing in it be opened.
  var isBarred = false
  /// inotify's number for it; -1: changes in it are not told.
  var watch: Int32 = -1
  var files: [Name: FileRecord] = [:]
  var folders: [Name: Folder] = [:]
  /// Links, whatever they lead to. What they lead to is in `files` or `folders` under the same name.
  var links: [Name: Link] = [:]
  /// The scan that it waits for.
  var wanted: ScanMode?
  /// It waits for files to be read.
  var isQueuedForReading = false
  /// Still in the tree.
  var isAlive = true

  init(name: Name, parent: Folder?) {
    self.name = name
    self.parent = parent
  }

  var isRoot: Bool { name.isEmpty }

  /// Links on the way to it, itself included.
  var linkDepth: Int {
    var count = 0
    var folder: Folder? = self
    while let at = folder {
      if at.isLink { count += 1 }
      folder = at.parent
    }
    return count
  }

  /// It is out of the tree.
  func detach() {
    isAlive = false
    wanted = nil
    parent = nil
  }

  /// Below the root, without a slash at either end; empty: the root.
  var path: [UInt8] {
    var parts: [Name] = []
    var folder: Folder? = self
    while let at = folder, !at.isRoot {
      parts.append(at.name)
      folder = at.parent
    }
    return Array(parts.reversed().joined(separator: [UInt8(ascii: "/")]))
  }

  func path(of name: Name) -> [UInt8] {
    let path = path
    return path.isEmpty ? name : path + [UInt8(ascii: "/")] + name
  }

  /// It is in a folder of this identity, or is it.
  func isWithin(_ identity: FileIdentity) -> Bool {
    var folder: Folder? = self
    while let at = folder {
      if at.identity == identity { return true }
      folder = at.parent
    }
    return false
  }

  /// Itself and all below it.
  func forEach(_ body: (Folder) -> Void) {
    var stack = [self]
    while let folder = stack.popLast() {
      stack.append(contentsOf: folder.folders.values)
      body(folder)
    }
  }
}

/// What a scan of a folder does with files that seem unchanged.
enum ScanMode: Int, Comparable {
  /// Leaves them alone.
  case changes
  /// Compares them with their entries.
  case compare

  static func < (a: ScanMode, b: ScanMode) -> Bool { a.rawValue < b.rawValue }
}
