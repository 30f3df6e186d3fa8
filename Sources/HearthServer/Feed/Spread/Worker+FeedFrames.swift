import CHearth
import HearthCluster
import HearthFeed
import HearthNet
import HearthStorage

/// What feeds do to keys whose primary this node is, wherever they run.
extension Worker {
  /// Bytes of keys that one step of a walk tells, and leaves of the index that it looks at.
  private static let walkBytes = 24 << 10
  private static let walkLeaves = 8

  /// Bytes before what a frame has to say: the numbers of the views that the sender goes by and that the run began in, and the attempt.
  private static let headSize = 24

  /// Does mutations that follow each other. Nil: one of them is not for this node, or for nobody now; some may be done.
  static func performFed(
    _ w: WorkerPointer, _ bytes: UnsafeRawBufferPointer, _ ruling: RulingPointer, _ changes: inout FedChanges
  ) -> [FeedEffect]? {
    var effects: [FeedEffect] = []
    var rest = bytes
    let writes = FeedWrites(server: w.pointee.server)
    while rest.count > 0 {
      guard let mutation = FeedMutation(rest), mutation.size <= rest.count else { return nil }
      let key = UnsafeRawBufferPointer(rebasing: rest[FeedMutation.headerSize..<mutation.headSize])
      let value = UnsafeRawBufferPointer(rebasing: rest[mutation.headSize..<mutation.size])
      rest = UnsafeRawBufferPointer(rebasing: rest[mutation.size...])
      guard let owners = fedOwners(w, mutation, key, ruling) else { return nil }
      effects.append(perform(writes, mutation, key, value))
      changes.note(Journal.takeSequence(), owners, w.pointee.pools.pools + Int(mutation.pool))
    }
    return effects
  }

  /// All that have to have what becomes of the key; nil: this node may not change it now.
  private static func fedOwners(
    _ w: WorkerPointer, _ mutation: FeedMutation, _ key: UnsafeRawBufferPointer, _ ruling: RulingPointer
  ) -> NodeSet? {
    let index = Int(mutation.pool)
    guard index < w.pointee.pools.count, let rule = w.pointee.pools.pools[index].replication,
      let replication = w.pointee.replication
    else { return nil }
    let owners = KeyOwners(key, pool: index, ruling)
    guard owners.primary == ruling.pointee.own,
      owners.all.intersection(ruling.pointee.ready).count >= rule.pointee.minimumReady,
      !w.pointee.pools.pools[index].pool.isUnnumbered, !mustYield(w, owners.joint, rule, replication)
    else { return nil }
    return owners.joint
  }

  private static func perform(
    _ writes: FeedWrites, _ mutation: FeedMutation, _ key: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer
  ) -> FeedEffect {
    let pool = Int(mutation.pool)
    switch mutation.kind {
    case .remove: return writes.remove(pool, key) ? .removed : .absent
    case .store: return FeedEffect(writes.store(pool, key, value, mutation.flags, mutation.ttl))
    case .repair:
      let found = FeedEffect(writes.compare(pool, key, value, mutation.flags))
      if found == .equal { return found }
      return FeedEffect(writes.store(pool, key, value, mutation.flags, mutation.ttl)).after(found)
    case .check:
      guard let digest = FeedDigest(encoded: value) else { return .foundDifferent }
      return FeedEffect(writes.compare(pool, key, digest, mutation.flags))
    }
  }

  /// Takes a part of a large value. Nil: it is not for this node, or not the next.
  static func performPart(
    _ w: WorkerPointer, _ upload: inout FeedUpload?, _ number: UInt64, _ offset: Int,
    _ mutation: FeedMutation,
    _ key: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer, _ ruling: RulingPointer,
    _ changes: inout FedChanges
  ) -> FeedEffect? {
    guard let owners = fedOwners(w, mutation, key, ruling) else {
      upload = nil
      return nil
    }
    let pool = w.pointee.pools.pools + Int(mutation.pool)
    let length = Int(mutation.valueLength)
    guard length > pool.pointee.pool.inlineLimit else { return nil }
    if offset == 0 {
      if pool.pointee.exceedsLimit(
        keyLength: key.count, valueLength: length, clientFlags: mutation.flags)
      {
        // An old value must not stay for one that does not fit.
        FeedWrites(server: w.pointee.server).remove(Int(mutation.pool), key)
        changes.note(Journal.takeSequence(), owners, pool)
        return .tooLarge
      }
      upload = FeedUpload(w, number, mutation, key)
    }
    guard let current = upload, current.number == number, let effect = current.add(part, at: offset) else {
      upload = nil
      return nil
    }
    if effect != .partTaken { upload = nil }
    changes.note(Journal.takeSequence(), owners, w.pointee.pools.pools + Int(mutation.pool))
    return effect
  }

  /// The next keys whose primary this node is. Nil: it goes by another view.
  static func walkFed(_ w: WorkerPointer, _ request: FeedWalkRequest) -> FeedWalkAnswer? {
    guard let ruling = w.pointee.ruling, ruling.pointee.view == request.view, actsAsPrimary(w, ruling),
      request.pool < w.pointee.pools.count, w.pointee.pools.pools[request.pool].replication != nil,
      request.place.0 >= 0
    else { return nil }
    let own = ruling.pointee.own
    let pool = w.pointee.pools.pools[request.pool].pool
    var cursor = WalkCursor(state: request.place)
    var answer = FeedWalkAnswer(place: request.place, goesOn: true)
    var leaves = 0
    while answer.goesOn, leaves < walkLeaves, answer.keys.count < walkBytes {
      leaves += 1
      answer.goesOn = pool.walk(&cursor, now: w.pointee.now) { item, _ in
        guard item.key.starts(with: request.prefix),
          KeyOwners(item.key, pool: request.pool, ruling).primary == own
        else { return }
        answer.add(item.key)
      }
    }
    answer.place = cursor.state
    return answer
  }

  // ---- frames of the node that runs the feed

  /// Mutations.
  static func takeFeed(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    answerFeed(w, c, frame, payload, headSize: headSize) { ruling, changes in
      performFed(w, UnsafeRawBufferPointer(rebasing: payload[headSize...]), ruling, &changes)
    }
  }

  /// A part of a large value.
  static func takeFeedPart(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ peer: UnsafeMutablePointer<PeerSession>, _ frame: PeerFrame,
    _ payload: UnsafeRawBufferPointer
  ) {
    answerFeed(w, c, frame, payload, headSize: headSize + 16) { ruling, changes in
      let rest = UnsafeRawBufferPointer(rebasing: payload[(headSize + 16)...])
      guard let mutation = FeedMutation(rest), let offset = Int(exactly: payload.word(at: headSize + 8))
      else {
        return nil
      }
      let key = UnsafeRawBufferPointer(rebasing: rest[FeedMutation.headerSize..<mutation.headSize])
      let part = UnsafeRawBufferPointer(rebasing: rest[mutation.headSize...])
      let effect = performPart(
        w, &peer.pointee.upload, payload.word(at: headSize), offset, mutation, key, part, ruling, &changes)
      return effect.map { [$0] }
    }
  }

  /// Answers when all copies have what was done.
  private static func answerFeed(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer,
    headSize: Int, _ perform: (RulingPointer, inout FedChanges) -> [FeedEffect]?
  ) {
    guard payload.count > headSize else { return refusePeer(w, c, "what a feed does is wrong") }
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    makeRoom(w)
    openFrame(w, frame.id)
    var changes = FedChanges()
    var answer = [FeedAnswer.notNow]
    if let ruling = w.pointee.ruling, ruling.pointee.view == payload.word(at: 0), actsAsPrimary(w, ruling),
      let feeds = w.pointee.server.pointee.feeds,
      let effects = feeds.turns.take(
        run: payload.word(at: 8), attempt: payload.word(at: 16), { perform(ruling, &changes) })
    {
      answer = [FeedAnswer.taken] + effects.map(\.rawValue)
      hold(w, changes, isRepeated: frame.flags & PeerFrame.Flag.repeated != 0)
    } else {
      // What was done all the same goes to the copies.
      w.pointee.hasChanges = true
    }
    answer.withUnsafeBytes {
      w.pointee.out.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count)
    }
    w.pointee.out += answer.count
    endFrame(w)
  }

  private static func hold(_ w: WorkerPointer, _ changes: FedChanges, isRepeated: Bool) {
    guard let replication = w.pointee.replication else { return }
    // What came before may have been done, and its copies be behind.
    let sequence = isRepeated ? Journal.bounds(replication.journal).last : changes.sequence
    if sequence == 0 { return }
    w.pointee.hasChanges = true
    w.pointee.unacknowledged.sequence = max(w.pointee.unacknowledged.sequence, sequence)
    w.pointee.unacknowledged.owners = w.pointee.unacknowledged.owners.union(changes.owners)
    w.pointee.unacknowledged.minimumReady = max(
      w.pointee.unacknowledged.minimumReady, changes.minimumReady)
    w.pointee.unacknowledged.isAsync = false
  }

  /// A feed has come to somewhere.
  static func takeFeedState(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    guard let length = payload.first.map({ Int($0) }), length > 0, payload.count > length else {
      return refusePeer(w, c, "what a feed says is wrong")
    }
    w.pointee.server.pointee.feeds?.take(
      name: String(decoding: payload[1...length], as: UTF8.self),
      text: String(decoding: payload[(length + 1)...], as: UTF8.self), withPlace: false)
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    makeRoom(w)
    openFrame(w, frame.id)
    w.pointee.out.storeBytes(of: FeedAnswer.taken, as: UInt8.self)
    w.pointee.out += 1
    endFrame(w)
  }

  /// Keys are asked for.
  static func takeFeedWalk(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    guard let request = FeedWalkRequest(payload) else { return refusePeer(w, c, "a walk is wrong") }
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    flushReplies(w)
    let answer = walkFed(w, request)?.bytes ?? [FeedAnswer.notNow]
    var bytes = [UInt8](repeating: 0, count: PeerFrame.headerSize) + answer
    bytes.withUnsafeMutableBytes {
      PeerFrame(.reply, id: frame.id, length: answer.count).write(to: $0.baseAddress.unsafelyUnwrapped)
    }
    Connection.send(c, bytes, bytes.count)
  }
}
