import CHearth
import Glibc

/// Makes a pool what a tree of files is. Everything it does is a look at a name: what is there now becomes the pool's entry. Events and
/// scans only say where to look, and a directory is watched before it is listed; so whatever changes after a look brings another.
/// Belongs to the feed's thread.
final class FileFollower {
  let feed: FileFeed
  let keys: FileKeys
  let reader: FileReader
  var owners: KeyOwners
  var status: FeedStatus

  // ---- the tree
  let root = Folder(name: [], parent: nil)
  var totals = FileTotals()
  /// The open root; -1: it is not there.
  var rootDescriptor: Int32 = -1
  /// The root's paths, for absolute links.
  var rootPaths: [[UInt8]] = []
  /// Folders that links lead to.
  var linkedFolders = 0
  /// Files that somebody may be writing, and those that could not be read for a passing reason.
  var unsettled: [Unsettled.Name: Unsettled] = [:]
  /// The names of files that have several. What is no longer true of it does no harm, and goes with the next sweep.
  var shared: [FileIdentity: [Unsettled.Name: Folder]] = [:]

  // ---- events
  var inotify: Inotify?
  var watches: [Int32: Watch] = [:]
  /// Some folder is not watched: the tree is walked again and again.
  var isBlind = false
  /// The walk that is under way could not watch some folder.
  var hasMissedWatch = false
  /// The line told last about watches.
  var toldOfWatches = ""
  /// The root may not be what the path leads to any more.
  var isRootDoubtful = false
  /// Events were lost.
  var hasLostEvents = false

  // ---- work
  let urgent = Lane()
  let rolling = Lane()
  var round = Round.none
  /// The tree has to be walked, for names of files that have got another.
  var wantsWalk = false
  /// Somebody asked for a sweep.
  var wantsSweep = false
  var isLoaded = false
  /// Another node has loaded the pool, which answers while this one reads its own tree.
  let isInherited: Bool
  /// A file found no room in this round.
  var isFull = false
  var problem: String?
  private var announced: FeedReadiness?
  var pacer = RatePacer(rate: 0)
  var pausedUntil: UInt64 = 0
  var lastSweep = hearth_monotonic_ns()
  var lastWalk: UInt64 = 0
  var lastCheck: UInt64 = 0
  var lastRoomCheck: UInt64 = 0
  var lastPublication: UInt64 = 0
  var differencesBefore: UInt64 = 0
  /// Entries without a file that the sweep under way has found.
  var vanished: UInt64 = 0
  /// The sweep under way was asked for.
  var isVerification = false
  var verification = FeedStatus.Verification()
  /// How many files were named as left out, for each reason.
  var named: [LeftOut: Int] = [:]
  /// The line told last about the root.
  var toldOfRoot = ""
  private var isStopping = false

  /// What the rolling lane is about.
  enum Round { case none, load, walk, sweep, room }

  init(_ feed: FileFeed) {
    self.feed = feed
    keys = FileKeys(feed.configuration.key, foreignPrefixes: feed.configuration.foreignPrefixes)
    owners = KeyOwners(isNeeded: !keys.areUnique)
    reader = FileReader(limit: min(feed.configuration.sizeLimit, Int(UInt32.max)))
    status = feed.snapshot()
    isInherited = feed.target.wasReady(pool: feed.pool)
  }

  /// The whole life of the feed.
  func run() {
    announceReadiness()
    var backoff = Backoff()
    var missingSince: UInt64?
    while true {
      heed(feed.takeRequests())
      if isStopping { break }
      switch attach() {
      case nil:
        missingSince = nil
        let began = hearth_monotonic_ns()
        follow()
        detach()
        // What ends at once would end at once again.
        if hearth_monotonic_ns() - began > 2_000_000_000 {
          backoff.reset()
        } else {
          wait(milliseconds: backoff.pause())
        }
      case let failure?:
        status.connectionErrors += 1
        let now = hearth_monotonic_ns()
        let since = missingSince ?? now
        missingSince = since
        tellOfRoot("cannot open \(feed.configuration.path): \(failure.text)")
        let isGone = failure.isMissing || failure.isRefusal || failure.code == ELOOP
        if isGone, totals.files > 0, Self.isOver(feed.times.grace, since: since, now) {
          feed.tell("\(feed.configuration.path) is gone: its \(totals.files) entries are removed")
          removeContents(of: root)
        }
        publish()
        wait(milliseconds: min(backoff.pause(), feed.times.check))
      }
    }
    detach()
    publish()
  }

  /// Says so once, until something else happens.
  func tellOfRoot(_ line: String) {
    status.lastError = line
    if line != toldOfRoot { feed.tell(line) }
    toldOfRoot = line
  }

  // ---- following

  /// Until the root is another one, events are lost, or the feed ends.
  private func follow() {
    while true {
      heed(feed.takeRequests())
      hear()
      let now = hearth_monotonic_ns()
      if isStopping || isRootReplaced(now) { return }
      if hasLostEvents {
        hasLostEvents = false
        return
      }
      beginRounds(now)
      settle(now)
      if Self.isOver(50, since: lastPublication, now) { publish() }
      let deadline = now + 2_000_000
      var isIdle = false
      while !isIdle, hearth_monotonic_ns() < deadline {
        switch work(now) {
        case .more: continue
        case .hear: hear()
        case .idle: isIdle = true
        }
      }
      if isIdle, !isStopping {
        publish()
        wait(milliseconds: idleTime())
      }
    }
  }

  private func heed(_ requests: FileFeed.Requests) {
    if requests.stop { isStopping = true }
    if requests.verify {
      wantsSweep = true
      pacer = RatePacer(rate: 0)
      pausedUntil = 0
    }
  }

  /// How long nothing has to be done if nothing comes, milliseconds.
  private func idleTime() -> Int {
    if !urgent.isEmpty { return 0 }
    if !rolling.isEmpty {
      let now = hearth_monotonic_ns()
      return pausedUntil > now ? Int((pausedUntil - now) / 1_000_000) + 1 : 0
    }
    var time = min(feed.times.check, 1000)
    if !unsettled.isEmpty { time = min(time, max(feed.times.quiet / 5, 1)) }
    if isBlind { time = min(time, feed.times.walk) }
    return time
  }

  /// So many milliseconds have passed. What was noted later than `now` was taken has not begun.
  static func isOver(_ milliseconds: Int, since start: UInt64, _ now: UInt64) -> Bool {
    now > start && now - start > UInt64(milliseconds) * 1_000_000
  }

  /// Until something is told or wanted, or the time is over.
  func wait(milliseconds: Int) {
    var polled = [
      pollfd(fd: feed.wake, events: Int16(POLLIN), revents: 0),
      pollfd(fd: inotify?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&polled, 2, Int32(milliseconds))
  }

  // ---- status

  func publish() {
    lastPublication = hearth_monotonic_ns()
    if rootDescriptor < 0 {
      status.phase = .connecting
    } else {
      status.phase = isLoaded || problem != nil ? .following : .loading
    }
    status.loadPercent = isLoaded ? 100 : percent
    var table = FeedStatus.Table()
    table.name = feed.name
    table.isLoaded = isLoaded
    table.rows = UInt64(totals.stored)
    table.problem = problem
    table.verification = verification
    status.tables = [table]
    feed.publish(status)
    announceReadiness()
  }

  /// Files read of those that are known; folders are listed first, so that this is known soon.
  private var percent: Int {
    totals.files == 0 ? 0 : min(99, (totals.files - totals.due) * 100 / totals.files)
  }

  /// Tells the target whether the pool answers reads, if that has changed.
  func announceReadiness() {
    let readiness: FeedReadiness =
      if let problem { .failed(problem) } else if isLoaded || isInherited { .ready } else {
        .loading(percent: percent)
      }
    if readiness == announced { return }
    announced = readiness
    feed.target.setReadiness(pool: feed.pool, readiness)
  }
}
