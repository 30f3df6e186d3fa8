/// A symbolic link in the tree, and the names on the way to what it leads to: when one of them changes it is followed anew.
final class Link {
  struct Dependency: Hashable {
    let watch: Int32
    let name: Folder.Name
  }

  unowned let folder: Folder
  let name: Folder.Name
  var dependencies: Set<Dependency> = []
  var isAlive = true

  init(folder: Folder, name: Folder.Name) {
    self.folder = folder
    self.name = name
  }
}
