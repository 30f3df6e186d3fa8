import Glibc

/// A thread of this program that runs one piece of work.
final class BackgroundThread {
  private var handle = pthread_t()

  /// What runs on the thread, behind one pointer for pthread_create.
  fileprivate final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    let work = Unmanaged.passRetained(Work(body))
    let status = pthread_create(&handle, nil, runBackgroundWork, work.toOpaque())
    if status != 0 {
      work.release()
      throw SystemError(call: "pthread_create", errno: status)
    }
  }

  /// Waits for its end; once.
  func join() { pthread_join(handle, nil) }
}

/// A free function, so that it belongs to no actor.
private func runBackgroundWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  Unmanaged<BackgroundThread.Work>.fromOpaque(argument!).takeRetainedValue().body()
  return nil
}
