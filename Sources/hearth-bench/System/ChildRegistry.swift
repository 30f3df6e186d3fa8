import CHearth
import Glibc

/// The numbers of the running children, for the signal handler: it may only use plain memory and kill(2).
enum ChildRegistry {
  private static let capacity = 64
  nonisolated(unsafe) private static let slots: UnsafeMutablePointer<UInt32> = {
    let slots = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, ChildRegistry.endAll) }
    return slots
  }()

  /// Also sets the signal handlers, at first use.
  static func add(_ pid: pid_t) { replace(0, by: UInt32(pid)) }
  static func remove(_ pid: pid_t) { replace(UInt32(pid), by: 0) }

  private static func replace(_ old: UInt32, by new: UInt32) {
    for i in 0..<capacity where hearth_atomic_load32(slots + i) == old {
      hearth_atomic_release32(slots + i, new)
      return
    }
  }

  private static let endAll: @convention(c) (Int32) -> Void = { number in
    for i in 0..<ChildRegistry.capacity {
      let pid = hearth_atomic_load32(ChildRegistry.slots + i)
      if pid > 0 { kill(pid_t(pid), SIGKILL) }
    }
    _exit(128 + number)
  }
}
