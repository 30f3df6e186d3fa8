/// A file that is looked at again: nobody has told yet that it is complete, or it could not be read for a passing reason.
struct Unsettled {
  struct Name: Hashable {
    let folder: ObjectIdentifier
    let name: Folder.Name
  }

  let folder: Folder
  let name: Folder.Name
  /// When, monotonic nanoseconds.
  let deadline: UInt64
  /// It is taken if it is still the same then.
  let signature: UInt64
}
