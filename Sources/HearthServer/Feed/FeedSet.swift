import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthFeed

/// The feeds of a server. Those that fill pools of this node alone run as long as it does. Those of pools with copies run on
/// the primary: the control says when, and a thread of their own begins and ends them. `start` and `stop` belong to the main thread.
public final class FeedSet: @unchecked Sendable {
  private let configuration: Configuration
  private let server: UnsafeMutablePointer<ServerState>
  private let slots: [FeedSlot]
  /// Which of the feeds of pools with copies may write here.
  let gate: FeedGate
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
        sharedPool: configuration.pools.firstIndex { feed.pools.contains($0.name) && $0.copies.count > 1 })
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
    keeper.stop()
    for slot in slots { slot.feed?.stop() }
  }

  // ---- feeds of pools with copies

  /// For each feed one of its pools, where they have copies.
  var sharedPools: [Int?] { slots.map(\.sharedPool) }

  /// This node's part for a feed of pools with copies. When it must not run, nothing of it is written when this returns. Any thread.
  func set(_ number: Int, runs: Bool) {
    if (gate.opening(number) != 0) == runs { return }
    gate.set(number, isOpen: runs)
    keeper.wake()
  }

  /// Begins and ends what the gate says. The keeper's.
  private func look() {
    for (number, slot) in slots.enumerated() {
      guard let pool = slot.sharedPool, let replication = server.pointee.cluster?.replication else {
        continue
      }
      let opening = gate.opening(number)
      if opening == slot.opening { continue }
      if let feed = slot.feed {
        feed.stop()
        slot.put(nil)
      }
      slot.opening = opening
      if opening == 0 { continue }
      let feed = make(
        number, SharedFeed(server, replication, self, feed: number, pool: pool, opening: opening))
      slot.put(feed)
      feed.start()
    }
  }

  /// The runner of a feed has told how far it is; `text` may be anything.
  func take(name: String, text: String) {
    guard let number = slots.firstIndex(where: { $0.name == name && $0.sharedPool != nil }),
      let state = FeedState(text: text)
    else { return }
    states.take(number, state)
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
