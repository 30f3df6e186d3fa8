import CHearth
import Glibc
import HearthConfig
import Synchronization

/// A feed that keeps the files of a directory ready. One thread, the follower's, does everything; others see its status and wake it.
public final class FileFeed: Feed, @unchecked Sendable {
  /// Unique name; its table has the same.
  public let name: String
  let configuration: FileFeedConfiguration
  let target: any FeedTarget
  /// Number of the pool.
  let pool: Int
  private let log: @Sendable (String) -> Void

  private let published: Mutex<FeedStatus>
  private let requests = Mutex(Requests())
  /// Polls readable when there are requests.
  let wake: Int32
  private var thread: pthread_t?

  /// What other threads want.
  struct Requests {
    var stop = false
    var verify = false
    /// Verifications that have ended.
    var ended: UInt64 = 0
    /// One is under way.
    var isVerifying = false
  }

  /// How long it waits; tests shorten it.
  let times: FileFeedTimes

  /// A feed that begins with `start`.
  /// - Parameters:
  ///   - pools: Numbers of the pools by their names.
  ///   - log: Takes lines for people.
  public init(
    name: String, _ configuration: FileFeedConfiguration, pools: [String: Int], target: any FeedTarget,
    times: FileFeedTimes = FileFeedTimes(), log: @escaping @Sendable (String) -> Void
  ) {
    self.name = name
    self.configuration = configuration
    self.target = target
    self.times = times
    self.log = log
    pool = pools[configuration.pool] ?? 0
    wake = hearth_event_descriptor()
    var status = FeedStatus()
    status.name = name
    status.server = configuration.path
    published = Mutex(status)
  }

  deinit { if wake >= 0 { FileCalls.shut(wake) } }

  /// Starts its thread.
  public func start() {
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, fileThread, Unmanaged.passRetained(self).toOpaque())
    precondition(code == 0, "no thread for a feed")
    self.thread = thread
  }

  /// Ends its thread.
  public func stop() {
    request { $0.stop = true }
    if let thread { pthread_join(thread, nil) }
    thread = nil
    published.withLock { $0.phase = .stopped }
  }

  /// What it did when it told last, a moment ago.
  public func snapshot() -> FeedStatus { published.withLock { $0 } }

  /// Walks the tree, compares and repairs, at once. Returns the number of the verification; nil: the feed has another name.
  public func verify(_ table: String) -> UInt64? {
    if table != name { return nil }
    let number = requests.withLock { wanted in
      wanted.verify = true
      return wanted.ended + (wanted.isVerifying ? 2 : 1)
    }
    signal()
    return number
  }

  private func request(_ body: (inout Requests) -> Void) {
    requests.withLock { body(&$0) }
    signal()
  }

  private func signal() {
    var one: UInt64 = 1
    _ = write(wake, &one, 8)
  }

  /// What is wanted; a wish for a verification is taken away. The feed's thread.
  func takeRequests() -> Requests {
    var count: UInt64 = 0
    _ = read(wake, &count, 8)
    return requests.withLock { wanted in
      defer { wanted.verify = false }
      return wanted
    }
  }

  /// A verification has begun. The feed's thread.
  func noteVerification() { requests.withLock { $0.isVerifying = true } }

  /// It has ended. The feed's thread.
  func noteVerified() {
    requests.withLock {
      $0.isVerifying = false
      $0.ended += 1
    }
  }

  func publish(_ status: FeedStatus) { published.withLock { $0 = status } }

  func tell(_ line: String) { log("hearthd: feed \(name): \(line)") }
}

/// How long a feed of files waits for what, milliseconds.
public struct FileFeedTimes: Sendable {
  /// From the end of a sweep to the next.
  public var sweep = 3_600_000
  /// Between walks where changes are not told.
  public var walk = 5000
  /// Until a directory that is gone counts as removed.
  public var grace = 5000
  /// A file that nobody has closed is taken when it stayed the same for so long.
  public var quiet = 1000
  /// Between looks whether the path still leads to the same directory.
  public var check = 1000
  /// Between attempts to store what found no room.
  public var room = 10_000

  /// The usual ones.
  public init() {}
}

private func fileThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let feed = Unmanaged<FileFeed>.fromOpaque(context).takeRetainedValue()
  FileFollower(feed).run()
  return nil
}
