import CHearth
import Glibc
import HearthConfig
import Synchronization

/// A feed that keeps tables of a database ready. Two threads: the follower receives the log and applies it; the reader asks
/// queries: it loads, sweeps, completes rows and asks lists anew. (A third measures how far the follower is behind.) Both change the store under the feed's lock, and that is what
/// orders them: a reader's rows are stored once the follower has come as far as they were read, except for keys that the log has
/// changed since the query began.
public final class DatabaseFeed: Feed, @unchecked Sendable {
  /// Unique name.
  public let name: String
  let configuration: DatabaseFeedConfiguration
  let target: any FeedTarget
  /// What the target is told is done elsewhere, too, so that what became of it comes later.
  let answersLater: Bool
  /// Names the memory that the target keeps entries in.
  let arena: UInt64
  let log: @Sendable (String) -> Void

  let monitor = Monitor()
  // ---- under the lock
  let tables: [FollowedTable]
  private let numbers: [TableName: Int]
  var changed = ChangedKeys()
  var status = FeedStatus()
  var progress: LoadProgress?
  /// Nil: no connection has been made yet.
  var applied: AppliedLog?
  /// The reader has taken rows or lists that it is to ask for, and has not stored all of them yet.
  var isReaderAsking = false
  /// The reader waits for the log to be applied further.
  var isReaderWaiting = false
  /// Server that its position is of.
  var serverID: UInt32 = 0
  /// A transaction is applied in part: who reads now may see what was before it.
  var isInMidTransaction = false
  var ordinal: UInt64 = 0
  /// The follower receives the log.
  var isConnected = false
  /// The server that is followed.
  var followed: QueryServer?
  /// The log tells all columns of every row.
  var hasFullImages = true
  /// How long the log was at the last look.
  var awaited: LogLength?
  /// Seconds of the server's clock since 1970 in what was applied last; 0: nothing was.
  var appliedTime: UInt32 = 0
  var requeries = RequeryQueue()
  var previews = PreviewQueue()
  var rereads: [Reread] = []
  /// XA transactions that the log says are committed, which queries may not see yet.
  var committedXA: Set<XAIdentifier> = []
  var isStopping = false
  /// Sockets of connections that block.
  var sockets: [Int32] = []

  private let published = Mutex(FeedStatus())
  /// When the checkpoint was written last, nanoseconds.
  var checkpointTime: UInt64 = 0

  private var threads: [pthread_t] = []

  /// A feed that begins with `start`.
  /// - Parameters:
  ///   - pools: Numbers of the pools by their names.
  ///   - arena: Another number whenever the target begins empty.
  ///   - log: Takes lines for people.
  public init(
    name: String, _ configuration: DatabaseFeedConfiguration, pools: [String: Int], target: any FeedTarget,
    arena: UInt64, log: @escaping @Sendable (String) -> Void
  ) {
    self.name = name
    self.configuration = configuration
    self.target = target
    answersLater = target.answersLater
    self.arena = arena
    self.log = log
    tables = configuration.tables.enumerated().map { index, table in
      FollowedTable(index: index, table, pool: pools[table.pool] ?? 0)
    }
    numbers = Dictionary(tables.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
    status.name = name
    published.withLock { $0.name = name }
  }

  /// Starts its threads.
  public func start() {
    resume()
    threads = [thread(followerThread), thread(readerThread), thread(observerThread)]
  }

  private func thread(
    _ body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
  ) -> pthread_t {
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, body, Unmanaged.passRetained(self).toOpaque())
    precondition(code == 0, "no thread for a feed")
    return thread
  }

  /// Ends its threads, wherever they are.
  public func stop() {
    monitor.locked {
      isStopping = true
      for socket in sockets { DatabaseConnection.interrupt(socket: socket) }
    }
    monitor.wakeAll()
    for thread in threads { pthread_join(thread, nil) }
    threads = []
    writeCheckpoint(now: hearth_monotonic_ns(), always: true)
  }

  /// The table's number; nil: it is not followed. Any thread.
  func number(of table: TableName) -> Int? { numbers[table] }

  func tell(_ line: String) { log("hearthd: feed \(name): \(line)") }

  /// Waits, unless the feed ends. Returns false when it does.
  func pause(milliseconds: Int) -> Bool {
    let end = hearth_monotonic_ns() + UInt64(milliseconds) * 1_000_000
    return monitor.locked {
      // Whatever others are woken for is no reason to go on.
      while !isStopping {
        let now = hearth_monotonic_ns()
        if now >= end { return true }
        monitor.wait(milliseconds: Int((end - now) / 1_000_000) + 1)
      }
      return false
    }
  }

  /// What it does now, or did when its lock was free last: nobody waits here. Any thread.
  public func snapshot() -> FeedStatus {
    guard let fresh = monitor.ifFree({ describe() }) else { return published.withLock { $0 } }
    published.withLock { $0 = fresh }
    return fresh
  }

  /// Under the lock.
  private func describe() -> FeedStatus {
    var status = status
    status.position = applied?.position.description ?? ""
    status.gtid = applied?.nameText ?? ""
    status.transactions = ordinal
    status.lagSeconds = lagSeconds
    status.requeriesWaiting = requeries.count
    status.loadPercent = progress?.percent ?? 0
    status.loadSecondsLeft = progress?.secondsLeft(now: hearth_monotonic_ns())
    if isStopping {
      status.phase = .stopped
    } else if !isConnected {
      status.phase = .connecting
    } else {
      status.phase = tables.allSatisfy { $0.isLoaded || $0.problem != nil } ? .following : .loading
    }
    status.tables = tables.map { table in
      var line = FeedStatus.Table()
      line.name = table.name.description
      line.isLoaded = table.isLoaded
      line.rows = table.pass?.rows ?? table.rows
      line.problem = table.problem
      line.verification = table.verification
      return line
    }
    return status
  }

  /// As `Feed` says.
  public func verify(_ table: String) -> UInt64? {
    monitor.locked {
      guard let found = tables.first(where: { $0.name.description == table }) else { return nil }
      defer { monitor.wakeAll() }
      return found.verify()
    }
  }

  /// The reader may sleep and has something to do. Under the lock.
  var hasWorkForReader: Bool { isReaderWaiting || !rereads.isEmpty || !requeries.isEmpty }

  /// By both clocks; 0: everything that was in the log at the last look is applied.
  private var lagSeconds: UInt64 {
    let now = UInt32(truncatingIfNeeded: time(nil))
    if isConnected && (status.lagBytes ?? 0) == 0 || appliedTime == 0 { return 0 }
    return now > appliedTime ? UInt64(now - appliedTime) : 0
  }

  // ---- readiness, under the lock

  /// Tells the target which pools answer reads.
  func announceReadiness() {
    for pool in Set(tables.map(\.pool)) {
      let those = tables.filter { $0.pool == pool }
      if let problem = those.compactMap(\.problem).first {
        target.setReadiness(pool: pool, .failed(problem))
      } else if those.allSatisfy(\.isLoaded) {
        target.setReadiness(pool: pool, .ready)
      } else {
        target.setReadiness(pool: pool, .loading(percent: progress?.percent ?? 0))
      }
    }
  }

  /// Rows are missing, and the log that told them is gone: everything is read again.
  func reloadAll() {
    for table in tables {
      if configuration.whileReloading == .refuse { table.isLoaded = false }
      // A load that has begun, and the log before it, may have stored rows that are gone now.
      table.restart(.reload)
    }
    isInMidTransaction = false
    beginProgress()
    announceReadiness()
  }

  /// A load begins, or one more table joins it.
  func beginProgress() {
    let expected = tables.filter { !$0.isLoaded }.reduce(0) { $0 + ($1.definition?.estimatedRows ?? 0) }
    progress = LoadProgress(expected: expected, start: hearth_monotonic_ns())
  }
}

private func followerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let feed = Unmanaged<DatabaseFeed>.fromOpaque(context).takeRetainedValue()
  Follower(feed).run()
  return nil
}

private func observerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let feed = Unmanaged<DatabaseFeed>.fromOpaque(context).takeRetainedValue()
  LogObserver(feed).run()
  return nil
}

/// Of the thread that loads and sweeps.
private let readerNiceness: CInt = 10

private func readerThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let feed = Unmanaged<DatabaseFeed>.fromOpaque(context).takeRetainedValue()
  // Clients come before loads and sweeps where cores are short. In Linux a thread has a niceness of its own; who may not
  // change it goes on without.
  _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, readerNiceness)
  TableReader(feed).run()
  return nil
}
