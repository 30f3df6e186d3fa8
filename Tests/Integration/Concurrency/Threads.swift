import Glibc
import Synchronization

/// Threads of their own for clients that block: the pool that runs the tests has one thread per processor.
enum Threads {
  /// Runs the body `count` times at once and waits for all of them. Throws the first failure. Expectations belong
  /// behind this call: the framework does not know these threads.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let failure = FirstFailure()
    let handles = try (0..<count).map { index in
      try start {
        do { try body(index) } catch { failure.note("thread \(index): \(error)") }
      }
    }
    for handle in handles { pthread_join(handle, nil) }
    if let text = failure.text.withLock({ $0 }) { throw TestFailure(text) }
  }

  private static func start(_ work: @escaping @Sendable () -> Void) throws -> pthread_t {
    let box = Unmanaged.passRetained(Work(work))
    var handle = pthread_t()
    let status = pthread_create(&handle, nil, runWork, box.toOpaque())
    guard status == 0 else {
      box.release()
      throw TestFailure("no thread: \(String(cString: strerror(status)))")
    }
    return handle
  }
}

/// A free function, so that it belongs to no actor.
private func runWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
  return nil
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private final class FirstFailure: Sendable {
  let text = Mutex<String?>(nil)
  func note(_ failure: String) { text.withLock { if $0 == nil { $0 = failure } } }
}
