import CHearth
import HearthCluster
import HearthFeed
import HearthNet

/// What one run of a feed has for the primaries of its keys, where these are several nodes: a queue that one worker works off in order,
/// one item at a time. So a place is noted when everything before it is at all nodes that have to have it, and nothing after it is sent
/// before all of them know the place: whoever runs the feed next does at most one transaction again, and misses none.
final class FeedOutbox: @unchecked Sendable {
  /// Bytes of mutations that one frame has room for, whichever primary they go to.
  static let batchLimit = 112 << 10
  /// Bytes in the queue above which the feed waits.
  static let queueLimit = 1 << 20
  /// Milliseconds between looks of a thread of the feed that waits.
  private static let patience = 10

  let server: UnsafeMutablePointer<ServerState>
  let feeds: FeedSet
  /// Number of the feed.
  let feed: Int
  /// One of its pools.
  let pool: Int
  let run: FeedRun
  /// Number of the worker.
  let worker: Int

  private let monitor = Monitor()
  // ---- under its lock
  private var filling = FeedItem(.mutations)
  /// Groups to be made void behind what is being filled, each once.
  private var groups: [[UInt8]] = []
  private var queue: [FeedItem] = []
  private var queued = 0
  /// The first of the queue is the worker's.
  private var isBegun = false
  private var isWoken = false
  private var hasEnded = false
  private var results: [FeedResult] = []
  /// What was said of each pool last, and how often something was.
  private var announced: [String: UInt64]
  private var versions: [String: UInt64] = [:]
  private var beginnings: UInt64 = 0

  /// The worker's alone.
  var attempt = FeedAttempt()

  init(
    _ server: UnsafeMutablePointer<ServerState>, _ feeds: FeedSet, feed: Int, pool: Int, _ run: FeedRun
  ) {
    self.server = server
    self.feeds = feeds
    self.feed = feed
    self.pool = pool
    self.run = run
    worker = feed % server.pointee.workerCount
    announced = feeds.states[feed].readiness
  }

  /// Name of the feed.
  var name: String { feeds.name(of: feed) }

  /// The run has not ended. Any thread.
  var isRunning: Bool { feeds.gate.opening(feed) == run.opening }

  // ---- the feed's threads

  func append(
    _ kind: FeedMutation.Kind, _ pool: Int, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer,
    flags: UInt32, ttl: UInt32, _ note: FeedNote
  ) {
    let mutation = FeedMutation(
      kind, pool: pool, keyLength: key.count, valueLength: value.count, flags: flags, ttl: ttl)
    monitor.locked {
      if mutation.size > Self.batchLimit {
        close()
        let item = FeedItem(.large(mutation))
        item.bytes = Array(key)
        item.value = Array(value)
        item.notes = [note]
        return enqueue(item)
      }
      if filling.bytes.count + mutation.size > Self.batchLimit { close() }
      mutation.encode(key, into: &filling.bytes)
      filling.bytes.append(contentsOf: value)
      filling.notes.append(note)
    }
  }

  /// A group is made void behind all that the transaction stores.
  func bump(_ group: UnsafeRawBufferPointer) {
    monitor.locked { if !groups.contains(where: { $0.elementsEqual(group) }) { groups.append(Array(group)) } }
  }

  /// What was appended goes on its way.
  func push() { monitor.locked { closeAll() } }

  func note(_ place: FeedPlace) {
    monitor.locked {
      closeAll()
      let kind = FeedItem.Kind.place(place, beginnings)
      // Of two places without anything between them the first is worth nothing; but somebody may wait for it.
      if queue.count > (isBegun ? 1 : 0), let last = queue.last, case .place = last.kind {
        last.kind = kind
      } else {
        enqueue(FeedItem(kind))
      }
    }
  }

  /// A pool is that far. True: the others are told at once; else when all that was sent has settled, or it is known already.
  func mayChange(_ fed: UnsafeMutablePointer<FedPool>, to word: UInt64) -> Bool {
    monitor.locked {
      let name = fed.pointee.name
      if announced[name] == word { return false }
      announced[name] = word
      let version = (versions[name] ?? 0) + 1
      versions[name] = version
      if word != FedPool.ready {
        beginnings += 1
        return true
      }
      closeAll()
      enqueue(FeedItem(.ready(fed, version)))
      return false
    }
  }

  /// The other nodes are told how far the feed is, as soon as can be. Any thread.
  func tell() {
    monitor.locked {
      if queue.dropFirst(isBegun ? 1 : 0).contains(where: { if case .tell = $0.kind { true } else { false } })
      {
        return
      }
      // Before all that waits: it concerns nothing of that.
      let item = FeedItem(.tell)
      queue.insert(item, at: isBegun ? 1 : 0)
      queued += item.size
      wake()
    }
  }

  /// Waits until there is room for a transaction, or the run has ended.
  func awaitRoom() {
    monitor.locked {
      while queued > Self.queueLimit, isRunning { rest() }
    }
  }

  /// Waits until all that was appended has settled, or the run has ended.
  func settle() -> [FeedResult] {
    monitor.locked {
      closeAll()
      if let last = queue.last { wait(for: last) }
      return taken()
    }
  }

  func takeResults() -> [FeedResult] { monitor.locked { taken() } }

  private func taken() -> [FeedResult] {
    if results.isEmpty { return [] }
    defer { results = [] }
    return results
  }

  /// What a key has; missing, if the run has ended.
  func compare(
    _ pool: Int, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ flags: UInt32
  ) -> FeedComparison {
    let digest = FeedDigest(value).bytes
    let item = FeedItem(.mutations)
    let mutation = FeedMutation(
      .check, pool: pool, keyLength: key.count, valueLength: digest.count, flags: flags)
    mutation.encode(key, into: &item.bytes)
    item.bytes += digest
    item.notes = [.nothing]
    monitor.locked {
      closeAll()
      enqueue(item)
      wait(for: item)
    }
    guard let effect = item.isDone ? item.effects.first : nil else { return .missing }
    return effect == .equal ? .equal : effect == .foundMissing ? .missing : .different
  }

  /// The next keys of a walk over all primaries. False at the end, or if the run has ended.
  func walk(
    _ pool: Int, _ prefix: [UInt8], _ cursor: inout FeedWalk, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    let item = FeedItem(.walk(pool: pool, prefix: prefix))
    item.cursor = cursor
    monitor.locked {
      closeAll()
      enqueue(item)
      wait(for: item)
    }
    guard item.isDone else { return false }
    item.keys?.forEach(body)
    cursor = item.cursor
    return item.goesOn
  }

  /// Lets the lock go until something has settled.
  private func rest() {
    monitor.wait(milliseconds: Self.patience)
    wake()
  }

  private func wait(for item: FeedItem) {
    while !item.isDone, isRunning { rest() }
  }

  private func closeAll() {
    close()
    if groups.isEmpty { return }
    enqueue(FeedItem(.bumps(groups)))
    groups = []
  }

  private func close() {
    if filling.notes.isEmpty { return }
    enqueue(filling)
    filling = FeedItem(.mutations)
  }

  private func enqueue(_ item: FeedItem) {
    item.effects = Array(repeating: .none, count: item.notes.count)
    queue.append(item)
    queued += item.size
    wake()
  }

  private func wake() {
    if isWoken || hasEnded || queue.isEmpty { return }
    isWoken = true
    let loop = server.pointee.workers[worker].pointee.loop
    loop.pointee.mailbox.post(Message(kind: Worker.feedMessage, number: feed))
  }

  // ---- the worker

  func noteAwake() { monitor.locked { isWoken = false } }

  /// The item that is to be done; nil: there is none.
  var first: FeedItem? {
    monitor.locked {
      isBegun = !queue.isEmpty
      return queue.first
    }
  }

  /// The first item has settled.
  func settleFirst(_ item: FeedItem) {
    let told = item.results()
    monitor.locked {
      guard queue.first === item else { return }
      queue.removeFirst()
      queued -= item.size
      isBegun = false
      item.isDone = true
      results += told
    }
    monitor.wakeAll()
  }

  /// The run has ended: nothing that is queued is done any more.
  func end() {
    monitor.locked {
      hasEnded = true
      queue = []
      queued = 0
      isBegun = false
    }
    monitor.wakeAll()
  }

  /// What was said of the pool is still so.
  func isCurrent(_ fed: UnsafeMutablePointer<FedPool>, _ version: UInt64) -> Bool {
    monitor.locked { versions[fed.pointee.name] == version }
  }

  /// The feed has not begun anew since.
  func isCurrent(_ beginning: UInt64) -> Bool { monitor.locked { beginnings == beginning } }

  /// Why nothing moves, for people; nil: it does. Any thread.
  var trouble: String? {
    get { monitor.locked { troubleText } }
    set { monitor.locked { troubleText = newValue } }
  }
  private var troubleText: String?
}
