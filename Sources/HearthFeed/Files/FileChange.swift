import Glibc

/// A name that events told of. They say where to look, never what is there: that is what the look says, so that neither their order nor
/// how late they come matters.
struct FileChange: Hashable {
  let watch: Int32
  let name: [UInt8]
}

/// How much of a look at a name can be trusted.
enum Look: Equatable {
  /// Somebody has closed the file or put it there: its contents are complete.
  case complete
  /// It was made, or its attributes changed: somebody may be writing it.
  case incomplete
  /// A scan found it.
  case listed(ScanMode)
}

/// The events of one batch, one look for each name.
struct ChangeBatch {
  /// Events were lost.
  private(set) var hasOverflow = false
  /// Watches whose directory is gone, or moved, or not mounted any more.
  private(set) var doubtful: [Int32] = []
  /// Watches that the kernel has ended.
  private(set) var ended: [Int32] = []
  /// Watches of directories whose own attributes changed.
  private(set) var altered: [Int32] = []
  /// Names in the order of their first event.
  private(set) var names: [FileChange] = []
  private var looks: [FileChange: Look] = [:]
  private(set) var events = 0

  mutating func add(_ event: InotifyEvent) {
    events += 1
    if event.has(IN_Q_OVERFLOW) {
      hasOverflow = true
    } else if event.has(IN_IGNORED) {
      ended.append(event.watch)
    } else if event.has(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT) {
      doubtful.append(event.watch)
    } else if event.name.isEmpty {
      altered.append(event.watch)
    } else {
      let change = FileChange(watch: event.watch, name: event.name)
      let isComplete = event.has(IN_CLOSE_WRITE | IN_MOVED_TO)
      if looks[change] == nil { names.append(change) }
      if isComplete || looks[change] == nil { looks[change] = isComplete ? .complete : .incomplete }
    }
  }

  func look(at change: FileChange) -> Look { looks[change] ?? .incomplete }
}
