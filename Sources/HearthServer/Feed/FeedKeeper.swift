import CHearth
import Glibc
import HearthNet

/// The thread that begins and ends feeds whose pools have copies, which may take as long as a database does.
final class FeedKeeper: @unchecked Sendable {
  /// What is done; set before the thread starts.
  var look: () -> Void = {}
  private let wanted: UnsafeMutablePointer<sem_t>
  private let isEnding = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
  private var thread: pthread_t?

  init() {
    wanted = .allocate(capacity: 1)
    sem_init(wanted, 0, 1)
    isEnding.initialize(to: 0)
  }

  deinit {
    sem_destroy(wanted)
    wanted.deallocate()
    isEnding.deallocate()
  }

  func start() {
    thread = try? DaemonThread.start(feedKeeperThread, Unmanaged.passUnretained(self).toOpaque())
  }

  /// There may be something to do. Any thread.
  func wake() { sem_post(wanted) }

  /// Ends the thread and waits for it.
  func stop() {
    hearth_atomic_store64(isEnding, 1)
    wake()
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  /// Looks at the beginning and after each `wake`.
  fileprivate func run() {
    DaemonThread.name("feeds")
    while true {
      while sem_wait(wanted) != 0 {}
      if hearth_atomic_load64(isEnding) != 0 { return }
      look()
    }
  }
}

private func feedKeeperThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<FeedKeeper>.fromOpaque(context).takeUnretainedValue().run()
  return nil
}
