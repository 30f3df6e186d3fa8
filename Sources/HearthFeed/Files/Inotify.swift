import CHearth
import Glibc

/// The kernel's queue of changes (inotify(7)). Closed with its owner, which ends all watches.
final class Inotify {
  let descriptor: Int32
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 8)

  init() throws(FileFailure) {
    descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
    if descriptor < 0 {
      let code = hearth_errno()
      buffer.deallocate()
      throw FileFailure(code: code)
    }
  }

  deinit {
    if descriptor >= 0 {
      FileCalls.shut(descriptor)
      buffer.deallocate()
    }
  }

  /// Watches an open directory, whatever its path is by now. Answers the number of its watch, which is the same for the same
  /// directory, or minus errno.
  func watch(_ folder: Int32) -> Int32 {
    let watch = inotify_add_watch(
      descriptor, "/proc/self/fd/\(folder)", InotifyEvent.interest | UInt32(IN_ONLYDIR))
    return watch < 0 ? -hearth_errno() : watch
  }

  func end(_ watch: Int32) { _ = inotify_rm_watch(descriptor, watch) }

  /// Adds what the kernel has to tell now to the batch.
  func read(into batch: inout ChangeBatch) {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count <= 0 {
        if count < 0, hearth_errno() == EINTR { continue }
        return
      }
      for event in InotifyEvent.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { batch.add(event) }
      // What comes meanwhile is for the next batch.
      if count < buffer.count / 2 { return }
    }
  }
}
