import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthFeed
import HearthStorage

/// The feeds of a server. Those that fill pools of this node alone run as long as it does. Those of pools with copies run on
/// one node: the control says when, and a thread of their own begins and ends them. `start` and `stop` belong to the main thread.
public final class FeedSet: @unchecked Sendable {
  private let configuration: Configuration
  private let server: UnsafeMutablePointer<ServerState>
  private let slots: [FeedSlot]
  /// Which of the feeds of pools with copies may write here.
  let gate: FeedGate
  /// What was done here for feeds that run elsewhere.
  let turns = FeedTurns()
  /// How far they are.
  let states: FeedStates
  private let arena = hearth_wall_ns()
  private let keeper = FeedKeeper()

  /// Prepares pools and feeds; nothing runs before `start`.
  init(_ configuration: Configuration, _ server: UnsafeMutablePointer<ServerState>) {
    self.configuration = configuration
    self.server = server
    gate = FeedGate(feeds: configuration.feeds.count)
    states = FeedStates(feeds: configuration.feeds.count)
    slots = configuration.feeds.map { feed in
      FeedSlot(
        name: feed.name,
        sharedPool: configuration.pools.indices.first {
          feed.pools.contains(configuration.pools[$0].name)
            && server.pointee.pools.pools[$0].replication != nil
        })
    }
    for (number, pool) in configuration.pools.enumerated() {
      let name = pool.name
      let filling = configuration.feeds.enumerated().filter { $0.element.pools.contains(name) }
      if filling.isEmpty { continue }
      let address = UnsafeMutablePointer<FedPool>.allocate(capacity: 1)
      address.initialize(
        to: FedPool(
          name: name, feeds: filling.map { ($0.offset, $0.element.name) },
          shapes: filling.flatMap { FeedSet.templates($0.element, pool: name) }.map { KeyShape($0) },
          isDeterministic: pool.kind == .deterministic))
      let target = server.pointee.pools.pools + number
      target.pointee.fed = address
    }
  }

  /// A feed that writes into the store; `shared` where its pools have copies.
  private func make(_ number: Int, _ shared: SharedFeed?) -> any Feed {
    let feed = configuration.feeds[number]
    let numbers = Dictionary(
      configuration.pools.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    let store = FeedStore(server, feed: number, shared)
    return switch feed.source {
    case .database(let database):
      DatabaseFeed(
        name: feed.name, database, pools: numbers, target: store, arena: arena, log: FeedSet.log)
    case .files(let files):
      FileFeed(name: feed.name, files, pools: numbers, target: store, log: FeedSet.log)
    }
  }

  /// The keys that a feed writes into a pool.
  private static func templates(_ feed: FeedConfiguration, pool: String) -> [KeyTemplate] {
    switch feed.source {
    case .database(let database):
      database.tables.filter { $0.pool == pool }
        .flatMap { $0.entries.map(\.key) + $0.requeries.map(\.key) }
    case .files(let files): files.pool == pool ? [files.key] : []
    }
  }

  private static let log: @Sendable (String) -> Void = { line in
    let bytes = Array((line + "\n").utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
  }

  func start() {
    for (number, slot) in slots.enumerated() where slot.sharedPool == nil {
      let feed = make(number, nil)
      slot.put(feed)
      feed.start()
    }
    keeper.look = { [unowned self] in look() }
    if slots.contains(where: { $0.sharedPool != nil }) { keeper.start() }
  }

  func stop() {
    // Who waits for other nodes waits no longer.
    for number in slots.indices where slots[number].sharedPool != nil { gate.set(number, isOpen: false) }
    keeper.stop()
    for slot in slots { slot.feed?.stop() }
  }

  // ---- feeds of pools with copies

  func name(of number: Int) -> String { slots[number].name }

  /// For each feed one of its pools, where they have copies.
  var sharedPools: [Int?] { slots.map(\.sharedPool) }

  /// What the feeds that run here have for other nodes. Any thread.
  var outboxes: [FeedOutbox] { slots.compactMap(\.outbox) }

  /// The same of one feed. Any thread.
  func outbox(_ number: Int) -> FeedOutbox? { slots.indices.contains(number) ? slots[number].outbox : nil }

  /// Ends a feed that does not go on in the view that comes: nothing of it is written when this returns. The control.
  func end(_ number: Int, before part: FeedPart?) {
    let slot = slots[number]
    guard let run = slot.run, part?.isSpread != run.isSpread || run.view < slot.lostIn else { return }
    slot.run = nil
    gate.set(number, isOpen: false)
    keeper.wake()
  }

  /// This node's part for a feed by the view that all workers go by now. The control.
  func set(_ number: Int, _ part: FeedPart?) {
    let slot = slots[number]
    guard let part, let pool = slot.sharedPool else { return }
    if let run = slot.run {
      // Who has joined the pool's nodes is to know how far it is.
      if slot.toldIn != part.view {
        change(number, run, pool: pool) { _ in }
        slot.outbox?.tell()
      }
      slot.toldIn = part.view
      return
    }
    if states[number].run < slot.lostIn {
      states.remove(number)
      show(number, FeedState())
    }
    slot.toldIn = part.view
    gate.set(number, isOpen: true)
    slot.run = FeedRun(opening: gate.opening(number), view: part.view, isSpread: part.isSpread)
    keeper.wake()
  }

  /// In this view keys of the feed's pools have no ready owner, or one that has lost what it had. The control.
  func noteLoss(_ number: Int, in view: UInt64) { slots[number].lostIn = view }

  /// Changes how far a feed is that runs here, and gives that a place among the changes of its pools.
  func change(_ number: Int, _ run: FeedRun, pool: Int, _ body: (inout FeedState) -> Void) {
    guard let replication = server.pointee.cluster?.replication else { return }
    _ = gate.pass(number, opening: run.opening) {
      var mark = (UInt64(number), states.change(number, run: run.view, body))
      withUnsafeBytes(of: &mark) { Journal.mark(replication.journal, pool: pool, $0) }
    }
  }

  /// Begins and ends what the gate says. The keeper's.
  private func look() {
    for (number, slot) in slots.enumerated() {
      guard let pool = slot.sharedPool, let replication = server.pointee.cluster?.replication else {
        continue
      }
      let run = slot.run
      if run?.opening ?? 0 == slot.opening { continue }
      if let feed = slot.feed {
        feed.stop()
        slot.put(nil)
        slot.outbox = nil
      }
      slot.opening = run?.opening ?? 0
      guard let run else { continue }
      let shared = SharedFeed(server, replication, self, feed: number, pool: pool, run)
      slot.outbox = shared.outbox
      shared.tell()
      let feed = make(number, shared)
      slot.put(feed)
      feed.start()
    }
  }

  /// The runner of a feed has told how far it is; `text` may be anything. `withPlace`: it has told its place, too.
  func take(name: String, text: String, withPlace: Bool = true) {
    guard let number = slots.firstIndex(where: { $0.name == name && $0.sharedPool != nil }),
      let state = FeedState(text: text), states.take(number, state, withPlace: withPlace)
    else { return }
    show(number, state)
  }

  /// The pools with copies are emptied.
  func forgetStates() {
    states.removeAll()
    for number in slots.indices where slots[number].sharedPool != nil { show(number, FeedState()) }
  }

  /// The feed's pools answer by that state.
  private func show(_ number: Int, _ state: FeedState) {
    for index in 0..<server.pointee.pools.count {
      guard let fed = server.pointee.pools.pools[index].fed else { continue }
      FedPool.set(fed, feed: number, word: state.readiness[fed.pointee.name] ?? 0)
    }
  }

  /// What is told of a feed to the nodes that have copies: after that change, or now.
  func telling(_ number: Int, after change: UInt64? = nil) -> (name: String, text: String)? {
    guard slots.indices.contains(number), slots[number].sharedPool != nil else { return nil }
    let state = change.map { states.state(number, after: $0) } ?? states[number]
    return state.map { (slots[number].name, $0.text) }
  }

  // ---- for people

  /// What each feed does now. Any thread.
  public var statuses: [FeedStatus] { slots.map(\.status) }

  /// Reads a table again, compares and repairs. Returns the number of the verification; nil: no feed has the table. Any thread.
  public func verify(_ table: String) -> UInt64? {
    // Where several feeds follow a table, each verifies; the answer is about the first.
    var number: UInt64?
    for slot in slots {
      let found = slot.feed?.verify(table)
      number = number ?? found
    }
    return number
  }

  /// Asks for what the first rows of a table become; nil: no feed has the table. Any thread.
  public func preview(_ table: String, rows: Int) -> UInt64? {
    for (index, slot) in slots.enumerated() {
      guard let number = (slot.feed as? DatabaseFeed)?.preview(table, rows: rows) else { continue }
      return number * UInt64(slots.count) + UInt64(index)
    }
    return nil
  }

  /// Nil: there is no such preview, or it was too long ago. Any thread.
  public func preview(_ number: UInt64) -> Preview.State? {
    if slots.isEmpty { return nil }
    let feed = slots[Int(number % UInt64(slots.count))].feed as? DatabaseFeed
    return feed?.preview(number / UInt64(slots.count))
  }
}
