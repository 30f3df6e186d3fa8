import Glibc

/// The daemon's threads: plain ones, running free functions.
public enum DaemonThread {
  /// Starts a thread; `context` must outlive it.
  public static func start(
    _ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?,
    _ context: UnsafeMutableRawPointer
  ) throws(NetError) -> pthread_t {
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, body, context)
    if code != 0 { throw NetError("cannot create a thread: \(SystemCalls.describe(code))") }
    return thread
  }

  /// Names the calling thread, for `top -H`; at most 15 bytes.
  public static func name(_ name: String) {
    name.withCString { _ = gnuNameThread(UInt(pthread_self()), $0) }
  }
}
