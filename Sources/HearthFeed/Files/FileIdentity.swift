/// Which file or folder it is, whatever its name.
struct FileIdentity: Hashable {
  var device: UInt64 = 0
  var inode: UInt64 = 0
}
