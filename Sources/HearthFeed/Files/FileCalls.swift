import CHearth
import Glibc

/// Every system call of a feed of files but inotify's. Descriptors are closed on exec; errors are minus errno, taken at once.
enum FileCalls {
  private static func checked(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result >= 0 { return result }
      let code = hearth_errno()
      if code != EINTR { return -code }
    }
  }

  /// A folder by its path from the root of the system; links are followed, because somebody wrote that path into the configuration.
  static func openFolder(at path: String) -> Int32 {
    checked { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
  }

  /// A folder below another without a link on the way.
  static func openBeneath(_ folder: Int32, _ path: [UInt8]) -> Int32 {
    withCString(path) { text in
      checked { hearth_open_beneath(folder, text, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }
  }

  /// A folder in a folder, to be listed.
  static func openFolder(in folder: Int32, _ name: [UInt8]) -> Int32 {
    withCString(name) { text in
      checked { openat(folder, text, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }
  }

  /// A folder in a folder, to go on from: it need not be readable.
  static func step(into folder: Int32, _ name: [UInt8]) -> Int32 {
    withCString(name) { text in
      checked { openat(folder, text, hearth_open_path_flag() | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
    }
  }

  /// A file in a folder. Never waits for the other end of a pipe or for a lease.
  static func openFile(in folder: Int32, _ name: [UInt8]) -> Int32 {
    withCString(name) { text in
      checked { openat(folder, text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) }
    }
  }

  static func duplicate(_ descriptor: Int32) -> Int32 {
    checked { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
  }

  /// Linux frees the descriptor even when the call is interrupted.
  static func shut(_ descriptor: Int32) { _ = close(descriptor) }

  static func status(_ descriptor: Int32) -> Result<FileStatus, FileFailure> {
    var status = stat()
    let result = checked { fstat(descriptor, &status) }
    return result < 0 ? .failure(FileFailure(code: -result)) : .success(FileStatus(status))
  }

  /// Of what has the name, not of what a link leads to.
  static func status(in folder: Int32, _ name: [UInt8]) -> Result<FileStatus, FileFailure> {
    var status = stat()
    let result = withCString(name) { text in
      checked { fstatat(folder, text, &status, AT_SYMLINK_NOFOLLOW) }
    }
    return result < 0 ? .failure(FileFailure(code: -result)) : .success(FileStatus(status))
  }

  /// Of what a path from the root of the system leads to.
  static func status(at path: String) -> Result<FileStatus, FileFailure> {
    var status = stat()
    let result = checked { stat(path, &status) }
    return result < 0 ? .failure(FileFailure(code: -result)) : .success(FileStatus(status))
  }

  /// Where a link leads to.
  static func target(in folder: Int32, _ name: [UInt8]) -> Result<[UInt8], FileFailure> {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = withCString(name) { text in
      bytes.withUnsafeMutableBytes { raw in
        checked {
          Int32(
            readlinkat(
              folder, text, raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), raw.count))
        }
      }
    }
    return count < 0 ? .failure(FileFailure(code: -count)) : .success(Array(bytes.prefix(Int(count))))
  }

  /// Reads until the buffer is full or the file ends. Answers how many bytes, or minus errno.
  static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    var count = 0
    while count < buffer.count {
      let got = Glibc.read(descriptor, buffer.baseAddress.unsafelyUnwrapped + count, buffer.count - count)
      if got == 0 { break }
      if got < 0 {
        let code = hearth_errno()
        if code == EINTR { continue }
        return -Int(code)
      }
      count += got
    }
    return count
  }

  /// All names in a folder but its own and its parent's. The descriptor stays open.
  static func names(in folder: Int32) -> Result<[[UInt8]], FileFailure> {
    // Of its own, because a duplicate would share the place in the listing.
    let copy = openFolder(in: folder, [UInt8(ascii: ".")])
    if copy < 0 { return .failure(FileFailure(code: -copy)) }
    guard let stream = fdopendir(copy) else {
      let code = hearth_errno()
      shut(copy)
      return .failure(FileFailure(code: code))
    }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        let code = hearth_errno()
        return code == 0 ? .success(names) : .failure(FileFailure(code: code))
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { start in
        let bytes = UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self)
        return Array(
          UnsafeBufferPointer(
            start: bytes, count: strlen(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))))
      }
      if name != [46], name != [46, 46] { names.append(name) }
    }
  }

  /// Wall clock, in the unit of files' times.
  static var now: Int64 { Int64(bitPattern: hearth_wall_ns()) }

  private static func withCString<R>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> R) -> R {
    (bytes + [0]).withUnsafeBytes { raw in
      body(raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
    }
  }
}

/// Why a system call failed.
struct FileFailure: Error, Equatable {
  let code: Int32

  var text: String { String(cString: strerror(code)) }

  /// There is nothing of this name.
  var isMissing: Bool { code == ENOENT || code == ENOTDIR }
  var isRefusal: Bool { code == EACCES || code == EPERM }
  /// The next attempt may succeed: no descriptors or memory now, or somebody has a lease on the file.
  var isPassing: Bool { [EMFILE, ENFILE, ENOMEM, EAGAIN].contains(code) }
}
