import Glibc

/// Goes along a path inside the tree, links included, and never out of it: each step opens one name without following it, `..`
/// goes back to the folder that was left, which stays open, and a link's text is gone along in the same way. So nothing that is
/// renamed or replaced meanwhile leads elsewhere. The kernel's RESOLVE_BENEATH would do as much, but does not say which names it
/// passed, and refuses absolute links that lead to a place in the tree.
struct LinkWalk {
  enum Outcome {
    /// A file: its folder, to be closed by the caller, and its name there, which is no link.
    case file(folder: Int32, name: [UInt8], FileStatus)
    /// A folder, open to be listed, to be closed by the caller.
    case folder(Int32, FileStatus)
    /// Out of the tree, or a link where none may be.
    case outside
    /// Links that lead to each other.
    case loop
    case failed(FileFailure)
  }

  /// As the kernel's (path_resolution(7)).
  private static let linkLimit = 40

  /// The open root.
  let root: Int32
  /// Where an absolute link may lead to: the root's paths.
  let rootPaths: [[UInt8]]
  let followsLinks: Bool

  /// - Parameters:
  ///   - path: Below the root.
  ///   - visit: Told of each name behind the first link: the open folder and the name. What the link leads to depends on them.
  func go(_ path: [UInt8], visit: (Int32, [UInt8]) -> Void = { _, _ in }) -> Outcome {
    var open: [Int32] = []
    defer { for descriptor in open { FileCalls.shut(descriptor) } }
    let first = FileCalls.duplicate(root)
    if first < 0 { return .failed(FileFailure(code: -first)) }
    open.append(first)
    var rest = Array(Self.names(path).reversed())
    var links = 0
    while let name = rest.popLast() {
      if name == [46] { continue }
      if name == [46, 46] {
        if open.count == 1 { return .outside }
        FileCalls.shut(open.removeLast())
        continue
      }
      let here = open[open.count - 1]
      if links > 0 { visit(here, name) }
      let status: FileStatus
      switch FileCalls.status(in: here, name) {
      case .failure(let failure): return .failed(failure)
      case .success(let found): status = found
      }
      switch status.kind {
      case .folder:
        let next = FileCalls.step(into: here, name)
        if next < 0 { return .failed(FileFailure(code: -next)) }
        open.append(next)
      case .link:
        links += 1
        if !followsLinks { return .outside }
        if links > Self.linkLimit { return .loop }
        guard case .success(let target) = FileCalls.target(in: here, name) else {
          return .failed(FileFailure(code: ENOENT))
        }
        guard let names = namesBelow(target) else { return .outside }
        if target.first == UInt8(ascii: "/") {
          for descriptor in open[1...] { FileCalls.shut(descriptor) }
          open.removeLast(open.count - 1)
        }
        rest += names.reversed()
      case .file, .special:
        if !rest.isEmpty { return .failed(FileFailure(code: ENOTDIR)) }
        return .file(folder: open.removeLast(), name: name, status)
      }
    }
    return end(open[open.count - 1])
  }

  private func end(_ folder: Int32) -> Outcome {
    let listed = FileCalls.openFolder(in: folder, [46])
    if listed < 0 { return .failed(FileFailure(code: -listed)) }
    switch FileCalls.status(listed) {
    case .success(let status): return .folder(listed, status)
    case .failure(let failure):
      FileCalls.shut(listed)
      return .failed(failure)
    }
  }

  /// A link's text as names from where it is, or from the root if it is absolute; nil: it leads elsewhere.
  private func namesBelow(_ target: [UInt8]) -> [[UInt8]]? {
    guard target.first == UInt8(ascii: "/") else { return Self.names(target) }
    let names = Self.names(target)
    for path in rootPaths {
      let above = Self.names(path)
      if names.starts(with: above) { return Array(names[above.count...]) }
    }
    return nil
  }

  private static func names(_ path: [UInt8]) -> [[UInt8]] {
    path.split(separator: UInt8(ascii: "/")).map(Array.init)
  }
}
