/// A directory that inotify tells of. The kernel watches what it is, not where it is: folders under several paths share one.
final class Watch {
  var folders: [Folder] = []
  /// Links that have to be followed anew when the name changes.
  var dependents: [Folder.Name: [Link]] = [:]

  var isNeeded: Bool { !folders.isEmpty || !dependents.isEmpty }
}
