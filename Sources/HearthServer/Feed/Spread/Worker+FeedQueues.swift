import CHearth
import HearthCluster
import HearthFeed
import HearthNet
import HearthStorage

/// What a feed that runs here has for the primaries of its keys is done item by item, by one worker.
extension Worker {
  /// A feed of this worker has something to do; `number` is the feed's.
  static let feedMessage = EventLoop.firstOwnMessage + 11

  /// Goes on with the queue of a feed. Not within a round.
  static func lookAfterFeed(_ w: WorkerPointer, _ feed: Int) {
    guard let outbox = w.pointee.server.pointee.feeds?.outbox(feed), outbox.worker == w.pointee.index else {
      return
    }
    takeTime(w)
    outbox.noteAwake()
    drive(w, outbox)
    finishReplication(w)
    finishForwarding(w)
  }

  /// Ten times a second.
  static func tickFeeds(_ w: WorkerPointer) {
    for outbox in outboxes(w) { lookAfterFeed(w, outbox.feed) }
  }

  /// By another view others are primary: what has not settled is begun anew.
  static func abandonFeeds(_ w: WorkerPointer) {
    for outbox in outboxes(w) {
      outbox.attempt.end()
      outbox.attempt.retryAt = 0
      outbox.first?.offset = 0
      wakeFeed(w, outbox.feed)
    }
  }

  private static func outboxes(_ w: WorkerPointer) -> [FeedOutbox] {
    guard w.pointee.replication != nil, let feeds = w.pointee.server.pointee.feeds else { return [] }
    return feeds.outboxes.filter { $0.worker == w.pointee.index }
  }

  private static func wakeFeed(_ w: WorkerPointer, _ feed: Int) {
    w.pointee.loop.pointee.mailbox.post(Message(kind: feedMessage, number: feed))
  }

  private static func drive(_ w: WorkerPointer, _ outbox: FeedOutbox) {
    while true {
      guard outbox.isRunning else {
        outbox.attempt.end()
        return outbox.end()
      }
      guard let item = outbox.first else { return }
      if !outbox.attempt.isUnderWay {
        if w.pointee.herdNow < outbox.attempt.retryAt { return }
        if outbox.attempt.since == 0 { outbox.attempt.since = w.pointee.herdNow }
        _ = outbox.attempt.begin(feed: outbox.feed)
        item.attempts += 1
        outbox.attempt.failed = nil
        if !begin(w, outbox, item) {
          outbox.attempt.awaited = []
          outbox.attempt.parts = [:]
        }
      }
      if !outbox.attempt.awaited.isEmpty { return }
      conclude(w, outbox, item)
    }
  }

  /// Nothing of the attempt is under way any more.
  private static func conclude(_ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem) {
    outbox.attempt.end()
    if item.isComplete || !item.effects.isEmpty && !item.effects.contains(.none) {
      outbox.attempt.since = 0
      if outbox.trouble != nil { outbox.trouble = nil }
      return outbox.settleFirst(item)
    }
    let now = w.pointee.herdNow
    if item.isBetweenSteps {
      item.isBetweenSteps = false
      outbox.attempt.since = now
      return
    }
    outbox.attempt.retryAt = now + FeedAttempt.pause
    if now > outbox.attempt.since + FeedAttempt.patience {
      let name = outbox.attempt.failed.flatMap { w.pointee.server.pointee.cluster?.name($0) }
      outbox.trouble =
        name.map { "waits for node \($0), which has to store some of it" }
        ?? "waits for the nodes that have to store some of it"
    }
  }

  // ---- beginning

  /// Begins with the item. False: that is not possible now.
  private static func begin(_ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem) -> Bool {
    guard let ruling = w.pointee.ruling, actsAsPrimary(w, ruling),
      KeyOwners(at: Numbering.point, pool: outbox.pool, ruling).primary == ruling.pointee.own
    else { return false }
    switch item.kind {
    case .mutations: return send(w, outbox, item, ruling)
    case .large(let mutation): return sendLarge(w, outbox, item, mutation, ruling)
    case .bumps(let groups): return bump(w, outbox, groups, ruling)
    case .place(let place, let beginning):
      return change(w, outbox, item, ruling) { state in
        if outbox.isCurrent(beginning) { state.place = place }
      }
    case .ready(let fed, let version):
      let isChanged = change(w, outbox, item, ruling) { state in
        if !outbox.isCurrent(fed, version) { return }
        FedPool.set(fed, feed: outbox.feed, word: FedPool.ready)
        state.note(FedPool.ready, of: fed.pointee.name)
      }
      return isChanged && tell(w, outbox, item, ruling)
    case .tell: return tell(w, outbox, item, ruling)
    case .walk(let pool, let prefix): return walk(w, outbox, item, pool, prefix, ruling)
    }
  }

  /// Sends each primary its part.
  private static func send(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ ruling: RulingPointer
  ) -> Bool {
    var bytes: [Int: [UInt8]] = [:]
    var isPossible = true
    item.forEachMutation { index, mutation, all in
      if !isPossible || item.effects[index] != .none { return }
      let key = UnsafeRawBufferPointer(rebasing: all[FeedMutation.headerSize..<mutation.headSize])
      guard let primary = primary(w, outbox, key, mutation, ruling) else { return isPossible = false }
      outbox.attempt.parts[primary, default: []].append(index)
      bytes[primary, default: []].append(contentsOf: all)
    }
    guard isPossible, bytes.keys.allSatisfy({ isReachable(w, outbox, $0, ruling) }) else { return false }
    for (node, part) in bytes where node != ruling.pointee.own {
      beginFrame(w, outbox, item, .feed, node, ruling)
      sendFrame(w, node, part)
    }
    guard let own = bytes[ruling.pointee.own] else { return true }
    own.withUnsafeBytes { performFed(w, outbox, item, $0, ruling) }
    return true
  }

  static func primary(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ key: UnsafeRawBufferPointer, _ mutation: FeedMutation,
    _ ruling: RulingPointer
  ) -> Int? {
    let pool = w.pointee.pools.pools + Int(mutation.pool)
    let owners = KeyOwners(key, pool: Int(mutation.pool), ruling)
    guard let primary = owners.primary,
      owners.all.intersection(ruling.pointee.ready).count >= pool.pointee.replication?.pointee.minimumReady
        ?? 1
    else { return nil }
    return primary
  }

  /// Something can be given to the node now.
  static func isReachable(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ node: Int, _ ruling: RulingPointer
  ) -> Bool {
    if node == ruling.pointee.own { return true }
    outbox.attempt.failed = node
    guard let link = w.pointee.links?[node] else { return false }
    PeerLinks.connectIfDown(w, link)
    if link.pointee.state != .up || link.pointee.refusal != nil { return false }
    outbox.attempt.failed = nil
    return true
  }

  static func beginFrame(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ kind: PeerFrame.Kind, _ node: Int,
    _ ruling: RulingPointer
  ) {
    guard let link = w.pointee.links?[node] else { return }
    let slot = SlotPointer.allocate(capacity: 1)
    slot.initialize(to: ReplySlot(line: 0, .awaited))
    slot.pointee.feedAttempt = outbox.attempt.name
    link.pointee.begin(
      slot, kind, pool: allPools, flags: item.attempts > 1 ? PeerFrame.Flag.repeated : 0,
      now: w.pointee.herdNow, timeout: w.pointee.writeTimeout)
    outbox.attempt.awaited.insert(node)
    if kind == .feedWalk || kind == .feedState { return }
    var head: [UInt8] = []
    for word in [ruling.pointee.view, outbox.run.view, outbox.attempt.name] { head.append(word: word) }
    link.pointee.append(head, head.count)
  }

  /// Appends to the frame that was begun, and ends it.
  static func sendFrame(_ w: WorkerPointer, _ node: Int, _ bytes: [UInt8]) {
    guard let link = w.pointee.links?[node] else { return }
    link.pointee.append(bytes, bytes.count)
    link.pointee.end()
  }

  // ---- what this node does itself

  static func performFed(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ bytes: UnsafeRawBufferPointer,
    _ ruling: RulingPointer
  ) {
    var changes = FedChanges()
    guard let effects = performFed(w, bytes, ruling, &changes) else {
      w.pointee.hasChanges = true
      return
    }
    outbox.attempt.own = effects
    awaitOwn(w, outbox, item, changes)
  }

  /// Waits for the copies of what this node has changed.
  static func awaitOwn(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ changes: FedChanges,
    bumps: [BumpTicket] = []
  ) {
    guard let ruling = w.pointee.ruling, let replication = w.pointee.replication else { return }
    var sequence = changes.sequence
    // What an earlier attempt has done may not have arrived.
    if item.attempts > 1 { sequence = Journal.bounds(replication.journal).last }
    if sequence != 0 { w.pointee.hasChanges = true }
    outbox.attempt.awaited.insert(ruling.pointee.own)
    w.pointee.waits.append(
      WriteWait(
        sequence: sequence, owners: changes.owners, minimumReady: changes.minimumReady, isAsync: false,
        bumps: bumps, deadline: w.pointee.herdNow + w.pointee.writeTimeout,
        reply: .feed(outbox.attempt.name)))
  }

  /// Notes how far the feed is, which all nodes that may run it next have to know before anything else is done.
  private static func change(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ ruling: RulingPointer,
    _ body: (inout FeedState) -> Void
  ) -> Bool {
    _ = Journal.takeSequence()
    outbox.feeds.change(outbox.feed, outbox.run, pool: outbox.pool, body)
    var changes = FedChanges()
    changes.note(
      Journal.takeSequence(), ruling.pointee.nodes(pool: outbox.pool), w.pointee.pools.pools + outbox.pool)
    changes.minimumReady = 1
    awaitOwn(w, outbox, item, changes)
    return true
  }

  /// Tells the other nodes of the pools how far the feed is: those that have copies of this node's keys hear it by their streams, too, but
  /// who has others does not.
  private static func tell(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ ruling: RulingPointer
  ) -> Bool {
    var nodes = ruling.pointee.nodes(pool: outbox.pool).intersection(ruling.pointee.ready)
    nodes.remove(ruling.pointee.own)
    guard nodes.allSatisfy({ isReachable(w, outbox, $0, ruling) }) else { return false }
    let (name, text) = (Array(outbox.name.utf8), outbox.feeds.states[outbox.feed].withoutPlace.text)
    for node in nodes {
      beginFrame(w, outbox, item, .feedState, node, ruling)
      sendFrame(w, node, [UInt8(truncatingIfNeeded: name.count)] + name + Array(text.utf8))
    }
    if outbox.attempt.awaited.isEmpty { item.isComplete = true }
    return true
  }

  private static func bump(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ groups: [[UInt8]], _ ruling: RulingPointer
  ) -> Bool {
    guard let numbering = w.pointee.numbering, standing(w, numbering) == .numbers else { return false }
    var bumps: [NumberedBump] = []
    for group in groups {
      group.withUnsafeBytes { group in
        if case .bumped = ServerState.bump(w.pointee.server, group, note: { bumps.append($0) }) {
          w.pointee.counters.bumps &+= 1
        }
      }
    }
    var changes = FedChanges()
    let sequence = Journal.takeSequence()
    if sequence != 0 { numbering.note(sequence) }
    let pool = w.pointee.pools.pools + numbering.pools[0]
    changes.note(sequence, ruling.pointee.nodes(pool: pool.pointee.index), pool)
    var tickets: [BumpTicket] = []
    if !bumps.isEmpty, !otherPrimaries(w, numbering).isEmpty {
      let ticket = BumpTicket(
        worker: w.pointee.index, deadline: w.pointee.herdNow + w.pointee.writeTimeout * 3 / 4,
        reign: reign(w), bumps)
      numbering.append(ticket)
      w.pointee.hasBumps = true
      tickets.append(ticket)
    }
    guard let item = outbox.first else { return false }
    awaitOwn(w, outbox, item, changes, bumps: tickets)
    return true
  }

  // ---- what becomes of it

  /// A node has answered, or its link was lost. Frees the slot.
  static func takeFeedAnswer(_ w: WorkerPointer, _ link: LinkPointer, _ slot: SlotPointer, wasAnswered: Bool)
  {
    let bytes = UnsafeRawBufferPointer(start: slot.pointee.bytes, count: slot.pointee.count)
    let answer = wasAnswered ? Array(bytes) : []
    let name = slot.pointee.feedAttempt
    ReplySlot.free(slot, w.pointee.server.pointee.budget)
    let node = link.pointee.node
    guard let outbox = outbox(w, name), outbox.attempt.awaited.contains(node) else { return }
    outbox.attempt.awaited.remove(node)
    finishPart(w, outbox, node, answer)
    if outbox.attempt.awaited.isEmpty { wakeFeed(w, outbox.feed) }
  }

  /// This node's own copies have what it has done, or will not have it in time.
  static func finishOwnPart(_ w: WorkerPointer, _ name: UInt64, isAcknowledged: Bool) {
    guard let outbox = outbox(w, name), let own = w.pointee.ruling?.pointee.own,
      outbox.attempt.awaited.contains(own)
    else { return }
    outbox.attempt.awaited.remove(own)
    let answer = isAcknowledged ? [FeedAnswer.taken] + outbox.attempt.own.map(\.rawValue) : []
    finishPart(w, outbox, own, answer)
    if outbox.attempt.awaited.isEmpty { wakeFeed(w, outbox.feed) }
  }

  private static func outbox(_ w: WorkerPointer, _ name: UInt64) -> FeedOutbox? {
    let feed = Int(name & (1 << FeedAttempt.feedBits - 1))
    guard let outbox = w.pointee.server.pointee.feeds?.outbox(feed), outbox.worker == w.pointee.index,
      outbox.attempt.name == name
    else { return nil }
    return outbox
  }

  private static func finishPart(_ w: WorkerPointer, _ outbox: FeedOutbox, _ node: Int, _ answer: [UInt8]) {
    guard let item = outbox.first else { return }
    guard answer.first == FeedAnswer.taken else {
      outbox.attempt.failed = node
      item.offset = 0
      return
    }
    let effects = answer[1...].map { FeedEffect(rawValue: $0) }
    switch item.kind {
    case .mutations:
      let part = outbox.attempt.parts[node] ?? []
      guard part.count == effects.count else { return }
      for (index, effect) in zip(part, effects) { item.effects[index] = effect }
    case .large:
      guard let effect = effects.first, effects.count == 1 else { return }
      finishLarge(item, effect)
    case .bumps, .place, .ready, .tell:
      if outbox.attempt.awaited.isEmpty, outbox.attempt.failed == nil { item.isComplete = true }
    case .walk: if let keys = answer.withUnsafeBytes({ FeedWalkAnswer($0) }) { finishWalk(keys, item) }
    }
  }
}
