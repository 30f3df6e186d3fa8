import CHearth
import Glibc

/// What the system says of a file, without its times' units.
struct FileStatus: Equatable {
  enum Kind { case file, folder, link, special }

  let kind: Kind
  let identity: FileIdentity
  let size: Int
  /// Nanoseconds since 1970, of the contents and of anything.
  let modified: Int64
  let changed: Int64
  /// Names that it has.
  let names: UInt64

  init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    case S_IFLNK: kind = .link
    default: kind = .special
    }
    identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    size = Int(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    names = UInt64(status.st_nlink)
  }

  /// Another one whenever the contents are others: but for changes within one tick of the system's clock, see `isSettled`.
  var signature: UInt64 {
    var words: (UInt64, UInt64, Int, Int64, Int64) = (
      identity.device, identity.inode, size, modified, changed
    )
    return withUnsafeBytes(of: &words) { bytes in
      guard let start = bytes.baseAddress else { return 1 }
      return max(1, hearth_hash(start, bytes.count))
    }
  }

  /// Two seconds, the coarsest that file systems keep times in.
  private static let coarsest: Int64 = 2_000_000_000

  /// Its last change is so long ago that the next one will show in its times. Not by `modified`, which anybody can set.
  func isSettled(now: Int64) -> Bool { now &- changed > Self.coarsest }
}
