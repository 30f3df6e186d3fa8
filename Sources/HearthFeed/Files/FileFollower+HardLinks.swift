/// Files with several names. An event tells of the name that was used only, so the others are looked at with it.
extension FileFollower {
  /// A name of a file that has others.
  func noteSharedFile(_ folder: Folder, _ name: Folder.Name, _ identity: FileIdentity, _ look: Look) {
    let key = Unsettled.Name(folder: ObjectIdentifier(folder), name: name)
    let isNew = shared[identity, default: [:]].updateValue(folder, forKey: key) == nil
    if case .listed = look { return }
    // The other names may be known as those of a file that had no other: a walk finds them.
    if isNew { wantsWalk = true }
    if look != .complete { return }
    for (other, place) in shared[identity] ?? [:] where other != key {
      if place.isAlive, place.files[other.name] != nil {
        setDue(place, other.name, .read, urgent)
      } else {
        shared[identity]?[other] = nil
      }
    }
  }
}
