/// Symbolic links: they stand for what they lead to, as long as that is in the tree.
extension FileFollower {
  func linkFound(_ folder: Folder, _ name: Folder.Name, _ look: Look, _ lane: Lane) {
    guard feed.configuration.links == .within else { return forget(folder, name) }
    let link = folder.links[name] ?? Link(folder: folder, name: name)
    folder.links[name] = link
    var dependencies: Set<Link.Dependency> = []
    let outcome = walk(followsLinks: true).go(folder.path(of: name)) { directory, passed in
      if let number = number(of: directory) {
        dependencies.insert(Link.Dependency(watch: number, name: passed))
        note(link, number, passed)
      }
    }
    replaceDependencies(of: link, by: dependencies)
    switch outcome {
    case .file(let directory, let realName, let found):
      defer { FileCalls.shut(directory) }
      removeFolder(folder, name)
      if found.kind == .file {
        fileFound(folder, name, at: directory, realName, found, look, lane)
      } else {
        leaveOut(folder, name, .special, signature: found.signature)
      }
    case .folder(let descriptor, let found):
      FileCalls.shut(descriptor)
      folderFound(folder, name, found.identity, isLink: true, look, lane)
    case .outside:
      removeFolder(folder, name)
      leaveOut(folder, name, .outside, signature: 0)
    case .loop:
      removeFolder(folder, name)
      leaveOut(folder, name, .loop, signature: 0)
    case .failed(let failure):
      removeFolder(folder, name)
      if failure.isMissing {
        removeFile(folder, name)
      } else if failure.isRefusal {
        leaveOut(folder, name, .unreadable, signature: 0)
      } else {
        note(failure, folder.path(of: name))
        unsettle(folder, name, signature: 0)
      }
    }
  }

  /// Something on the way of a link has changed.
  func follow(_ link: Link, after changed: Folder.Name, _ look: Look) {
    // A file that is being written counts as incomplete through the link as well; a name on the way to it does not.
    linkFound(link.folder, link.name, isFile(changed, of: link) ? look : .complete, urgent)
  }

  private func isFile(_ changed: Folder.Name, of link: Link) -> Bool {
    guard
      case .file(let directory, let name, _) = walk(followsLinks: true).go(link.folder.path(of: link.name))
    else { return false }
    FileCalls.shut(directory)
    return name == changed
  }

  func takeThroughLink(_ folder: Folder, _ name: Folder.Name) {
    guard
      case .file(let directory, let realName, let found) = walk(followsLinks: true).go(folder.path(of: name))
    else { return linkFound(folder, name, .listed(.changes), urgent) }
    defer { FileCalls.shut(directory) }
    if found.kind == .file {
      take(folder, name, at: directory, realName)
    } else {
      leaveOut(folder, name, .special, signature: found.signature)
    }
  }

  func removeLink(_ folder: Folder, _ name: Folder.Name) {
    guard let link = folder.links.removeValue(forKey: name) else { return }
    link.isAlive = false
    replaceDependencies(of: link, by: [])
  }

  private func note(_ link: Link, _ number: Int32, _ name: Folder.Name) {
    let watch = known(number)
    if watch.dependents[name]?.contains(where: { $0 === link }) != true {
      watch.dependents[name, default: []].append(link)
    }
  }

  private func replaceDependencies(of link: Link, by dependencies: Set<Link.Dependency>) {
    for old in link.dependencies.subtracting(dependencies) {
      guard let watch = watches[old.watch] else { continue }
      watch.dependents[old.name]?.removeAll { $0 === link }
      if watch.dependents[old.name]?.isEmpty == true { watch.dependents[old.name] = nil }
      endIfUnneeded(old.watch, watch)
    }
    link.dependencies = dependencies
  }
}
