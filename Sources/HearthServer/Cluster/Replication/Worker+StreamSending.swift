import CHearth
import Glibc
import HearthCluster
import HearthNet
import HearthStorage

/// What this node tells another one. On the stream's keeper.
extension Worker {
  /// Bytes that may wait in the connection before further changes are read.
  private static let heldLimit = 1 << 20
  /// Bytes of a walk that are sent in one turn.
  private static let walkShare: UInt64 = 256 << 10
  /// Records are read from the journal in pieces of this size.
  private static let journalPiece = 8 << 10

  /// Does what the control has asked for, sends what was changed and the next part of a walk.
  static func pump(_ w: WorkerPointer, _ stream: PeerStream) {
    guard let c = stream.connection, let replication = w.pointee.replication else { return }
    let commands = stream.locked { shared in
      shared.isWoken = false
      let commands = shared.commands
      shared.commands = []
      return commands
    }
    for command in commands { perform(w, stream, command) }
    guard stream.connection == c else { return }
    var hasMore = false
    if stream.cursor != nil {
      hasMore = sendChanges(w, stream, c, replication)
      if !hasMore, stream.walk != nil { hasMore = goOnWalking(w, stream, c, replication) }
      tellPosition(stream)
    }
    sendOutput(stream, c)
    c.pointee.hasMoreOutput = hasMore
    Connection.settle(c)
  }

  private static func sendOutput(_ stream: PeerStream, _ c: ConnectionPointer) {
    if stream.output.used == 0 { return }
    Connection.send(c, stream.output.bytes, stream.output.used)
    let count = UInt64(stream.output.used)
    stream.output.removeAll()
    stream.locked { $0.bytesSent &+= count }
  }

  private static func perform(_ w: WorkerPointer, _ stream: PeerStream, _ command: PeerStream.Command) {
    switch command {
    case .message(let bytes):
      // What it says may count on all that was changed before.
      tellPosition(stream)
      bytes.withUnsafeBytes { stream.output.append(.control, $0) }
    case .feed(let number, let after): beginStream(stream, number, after)
    case .snapshot(let number, let after):
      beginStream(stream, number, after)
      writeClocks(w, stream)
      stream.walk = StreamWalk(began: PeerLinks.now)
    case .give(let number):
      guard stream.stream == number, stream.cursor != nil, let ruling = w.pointee.ruling else { return }
      writeClocks(w, stream)
      stream.walk = StreamWalk(change: ruling.pointee.change, began: PeerLinks.now)
    case .stopFeeding: endStream(w, stream)
    case .acknowledge(let number, let sequence):
      stream.output.append(.acknowledged, id: number, number: sequence)
    case .goOn:
      stream.waitsForControl = false
      if let c = stream.connection { Connection.unpark(c) }
    case .close:
      guard let c = stream.connection else { return }
      sendOutput(stream, c)
      Connection.doom(c)
      Connection.settle(c)
    }
  }

  private static func beginStream(_ stream: PeerStream, _ number: UInt64, _ after: UInt64) {
    stream.output.closeEntries(stream: stream.stream, position: stream.told)
    stream.stream = number
    stream.cursor = JournalCursor(after: after)
    stream.told = after
    stream.walk = nil
  }

  private static func endStream(_ w: WorkerPointer, _ stream: PeerStream) {
    stream.output.closeEntries(stream: stream.stream, position: stream.told)
    stream.cursor = nil
    stream.walk = nil
    w.pointee.replication?.setPressed(false, by: stream.node)
    w.pointee.replication?.setOwedSince(0, by: stream.node)
    stream.locked {
      $0.owed = nil
      $0.walkBegan = 0
    }
  }

  /// Closes the frame that is being written with the place that it leads up to.
  private static func tellPosition(_ stream: PeerStream) {
    guard let cursor = stream.cursor else { return }
    if !stream.output.isOpen && cursor.sequence == stream.told { return }
    stream.output.openEntries()
    stream.output.closeEntries(stream: stream.stream, position: cursor.sequence)
    stream.told = cursor.sequence
  }

  /// Sends the changes beyond the cursor. True: there are more than the connection takes now.
  private static func sendChanges(
    _ w: WorkerPointer, _ stream: PeerStream, _ c: ConnectionPointer, _ replication: Replication
  ) -> Bool {
    guard var cursor = stream.cursor else { return false }
    var isFull = false
    var owes = false
    let start = cursor.sequence
    while true {
      if c.pointee.heldBytes + stream.output.used > heldLimit {
        isFull = true
        break
      }
      let before = cursor.sequence
      let count: Int
      switch Journal.read(
        replication.journal, &cursor, into: w.pointee.journalScratch, room: journalPiece)
      {
      case .lost:
        w.pointee.server.pointee.cluster?.note(
          stream.node, "it is too slow for the changes and has to load anew")
        Connection.doom(c)
        return false
      case .bytes(let n): count = n
      }
      if count == 0 { break }
      stream.cursor = cursor
      Journal.forEach(UnsafeRawBufferPointer(start: w.pointee.journalScratch, count: count), after: before) {
        record in
        if record.kind != .key {
          if writeForAll(w, stream, record) { owes = true }
        } else if isOwner(w, stream.node, record) {
          owes = true
          sendState(w, stream, c, record.pool, record.bytes)
        }
      }
      if stream.output.isFull { tellPosition(stream) }
    }
    if cursor.sequence != start { noteOwed(w, stream, replication, owes ? cursor.sequence : nil) }
    replication.setPressed(isFull && Journal.isPressed(replication.journal, by: cursor), by: stream.node)
    return isFull
  }

  /// The peer is to acknowledge the sequence; its oldest debt is what counts.
  private static func noteOwed(
    _ w: WorkerPointer, _ stream: PeerStream, _ replication: Replication, _ sequence: UInt64?
  ) {
    guard let sequence else { return }
    stream.lastOwed = sequence
    let now = PeerLinks.now
    let isNew = stream.locked { shared in
      if shared.owed != nil { return false }
      shared.owed = (sequence, now)
      return true
    }
    if isNew { replication.setOwedSince(now, by: stream.node) }
  }

  private static func isOwner(_ w: WorkerPointer, _ node: Int, _ record: JournalRecord) -> Bool {
    guard let ruling = w.pointee.ruling else { return false }
    return KeyOwners(record.bytes, pool: record.pool, ruling).joint.contains(node)
  }

  /// A frame has room for one more entry: what is full is closed, without a place of its own.
  private static func openEntries(_ stream: PeerStream) {
    if stream.output.isFull { stream.output.closeEntries(stream: stream.stream, position: stream.told) }
    stream.output.openEntries()
  }

  /// What concerns all keys of a pool, or a group of them. False: the node has none of them.
  private static func writeForAll(
    _ w: WorkerPointer, _ stream: PeerStream, _ record: JournalRecord
  ) -> Bool {
    guard let ruling = w.pointee.ruling, ruling.pointee.nodes(pool: record.pool).contains(stream.node) else {
      return false
    }
    switch record.kind {
    case .flush: write(stream, .flushed, record.pool, record.bytes)
    case .bump: write(stream, .bumped, record.pool, record.bytes)
    case .mark where record.bytes.count == 16:
      let feed = record.bytes.loadUnaligned(as: UInt64.self)
      let change = record.bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      tellFeed(w, stream, Int(feed), after: change, pool: record.pool)
    default: break
    }
    return true
  }

  /// How far a feed is, after a change or now.
  private static func tellFeed(
    _ w: WorkerPointer, _ stream: PeerStream, _ feed: Int, after change: UInt64? = nil, pool: Int
  ) {
    guard let telling = w.pointee.server.pointee.feeds?.telling(feed, after: change) else { return }
    openEntries(stream)
    let (name, text) = (Array(telling.name.utf8), Array(telling.text.utf8))
    var entry = ReplicaEntry(.fed, pool: pool, keyLength: name.count)
    entry.valueLength = UInt32(text.count)
    let target = stream.output.space(entry.size)
    entry.write(to: target)
    memcpy(target + ReplicaEntry.headerSize, name, name.count)
    memcpy(target + ReplicaEntry.headerSize + name.count, text, text.count)
  }

  /// Before a walk: how far the pools' generations and feeds are.
  private static func writeClocks(_ w: WorkerPointer, _ stream: PeerStream) {
    for (feed, pool) in (w.pointee.server.pointee.feeds?.sharedPools ?? []).enumerated() {
      if let pool, runsFeed(w, pool) { tellFeed(w, stream, feed, pool: pool) }
    }
    for index in w.pointee.replication?.pools ?? [] where w.pointee.pools.pools[index].pool.hasGenerations {
      var clock = w.pointee.pools.pools[index].pool.generationClock.littleEndian
      withUnsafeBytes(of: &clock) { write(stream, .numbered, index, $0) }
    }
  }

  /// The feeds of the pool run here.
  private static func runsFeed(_ w: WorkerPointer, _ pool: Int) -> Bool {
    guard let ruling = w.pointee.ruling else { return false }
    return KeyOwners(at: Numbering.point, pool: pool, ruling).primary == ruling.pointee.own
  }

  /// An entry without a value.
  private static func write(
    _ stream: PeerStream, _ kind: ReplicaEntry.Kind, _ pool: Int, _ bytes: UnsafeRawBufferPointer
  ) {
    openEntries(stream)
    let entry = ReplicaEntry(kind, pool: pool, keyLength: bytes.count)
    let target = stream.output.space(entry.size)
    entry.write(to: target)
    memcpy(target + ReplicaEntry.headerSize, bytes.baseAddress.unsafelyUnwrapped, bytes.count)
  }

  /// Writes what is stored under a key now.
  static func sendState(
    _ w: WorkerPointer, _ stream: PeerStream, _ c: ConnectionPointer, _ pool: Int,
    _ bytes: UnsafeRawBufferPointer
  ) {
    guard let start = bytes.baseAddress else { return }
    var locked = w.pointee.pools.pools[pool].pool.lock(Key(start, bytes.count), now: w.pointee.now)
    guard let item = locked.item ?? locked.expiredItem else {
      return write(stream, .removed, pool, bytes)
    }
    locked.renewStamp()
    let cas = locked.observeAnyCAS()
    if !item.isLarge {
      writeItem(stream, pool, item, cas)
      return
    }
    openEntries(stream)
    var entry = header(stream, item, pool, cas)
    entry.marks |= ReplicaEntry.Mark.large
    if locked.item == nil { locked.revealExpired() }
    var pinned = locked.pin()
    _ = consume locked
    let target = stream.output.space(entry.size)
    entry.write(to: target)
    memcpy(target + ReplicaEntry.headerSize, start, bytes.count)
    // Up to what was before it: the rest of the value comes in frames of its own.
    stream.output.closeEntries(stream: stream.stream, position: stream.told)
    sendParts(stream, c, &pinned)
    pinned.release()
  }

  private static func sendParts(_ stream: PeerStream, _ c: ConnectionPointer, _ pinned: inout PinnedValue) {
    var offset = 0
    while offset < pinned.length {
      let piece = pinned.piece(at: offset)
      let count = min(piece.count, StreamOutput.frameLimit, pinned.length - offset)
      offset += count
      stream.output.append(
        .data, id: stream.stream, flags: offset < pinned.length ? PeerFrame.Flag.open : 0,
        UnsafeRawBufferPointer(start: piece.baseAddress, count: count))
      if stream.output.used > heldLimit / 4 { sendOutput(stream, c) }
    }
  }

  private static func header(_ stream: PeerStream, _ item: Item, _ pool: Int, _ cas: UInt64) -> ReplicaEntry {
    var entry = ReplicaEntry(.item, pool: pool, keyLength: item.key.count)
    if item.isBinaryKey { entry.marks |= ReplicaEntry.Mark.binaryKey }
    if item.isStale { entry.marks |= ReplicaEntry.Mark.stale }
    if item.hasWin { entry.marks |= ReplicaEntry.Mark.win }
    if item.isExempt { entry.marks |= ReplicaEntry.Mark.exempt }
    entry.valueLength = UInt32(truncatingIfNeeded: item.valueLength)
    entry.clientFlags = item.clientFlags
    entry.expiry = stream.clockShift.common(item.expiry)
    entry.life = item.life
    entry.cas = cas
    entry.stamp = item.stamp
    return entry
  }

  private static func writeItem(_ stream: PeerStream, _ pool: Int, _ item: Item, _ cas: UInt64) {
    openEntries(stream)
    let entry = header(stream, item, pool, cas)
    let target = stream.output.space(entry.size)
    entry.write(to: target)
    memcpy(target + ReplicaEntry.headerSize, item.key.baseAddress.unsafelyUnwrapped, item.key.count)
    if let value = item.value.baseAddress {
      memcpy(target + ReplicaEntry.headerSize + item.key.count, value, item.valueLength)
    }
  }

  // ---- the walk

  /// Sends the next items of a walk. True: there is more, and the connection may take it soon.
  private static func goOnWalking(
    _ w: WorkerPointer, _ stream: PeerStream, _ c: ConnectionPointer, _ replication: Replication
  ) -> Bool {
    guard var walk = stream.walk, let ruling = w.pointee.ruling else { return false }
    if walk.change != 0 && walk.change != ruling.pointee.change {
      // What was to be gained is not any more.
      stream.walk = nil
      stream.locked { $0.walkBegan = 0 }
      return false
    }
    let before = stream.output.written
    var items: UInt64 = 0
    let rate = w.pointee.server.pointee.cluster?.configuration.resyncRate ?? 0
    let share = rate == 0 ? walkShare : walk.pace.share(now: PeerLinks.microseconds, rate: rate)
    var large: [[UInt8]] = []
    while walk.place < replication.pools.count, stream.output.written - before < share {
      let index = replication.pools[walk.place]
      let pool = w.pointee.pools.pools + index
      large.removeAll(keepingCapacity: true)
      if walk.cursor.isBetweenLeaves { walk.noteLeaf(at: stream.output.written) }
      let goesOn = pool.pointee.pool.walk(
        &walk.cursor, parts: rate == 0 ? 1 : walk.parts(of: share), now: w.pointee.now
      ) { item, cas in
        let owners = KeyOwners(item.key, pool: index, ruling)
        guard owners.primary == ruling.pointee.own, owners.joint.contains(stream.node) else { return }
        if walk.change != 0 && owners.all.contains(stream.node) { return }
        items += 1
        if item.isLarge { return large.append(Array(item.key)) }
        writeItem(stream, index, item, cas)
      }
      for key in large {
        key.withUnsafeBytes { sendState(w, stream, c, index, $0) }
      }
      if stream.output.isFull {
        stream.output.closeEntries(stream: stream.stream, position: stream.told)
      }
      if !goesOn {
        walk.place += 1
        walk.cursor = WalkCursor()
      }
    }
    walk.pace.spend(stream.output.written - before)
    let done = progress(w, walk, replication)
    stream.locked {
      $0.itemsSent += items
      $0.itemsWalked += items
      $0.walkBegan = walk.began
      $0.walkDone = done
    }
    if walk.place == replication.pools.count {
      finishWalk(w, stream, replication)
      return false
    }
    stream.walk = walk
    if rate == 0 { return true }
    let wait = walk.pace.wait(now: PeerLinks.microseconds, rate: rate)
    EventLoop.setFineAlarm(w.pointee.loop, afterMicroseconds: wait)
    return false
  }

  /// Thousandths of the walk that are done.
  private static func progress(_ w: WorkerPointer, _ walk: StreamWalk, _ replication: Replication) -> Int {
    if walk.place >= replication.pools.count { return 1000 }
    let pool = w.pointee.pools.pools[replication.pools[walk.place]].pool
    let part = 1000 * walk.cursor.state.0 / pool.shardCount
    return (1000 * walk.place + part) / replication.pools.count
  }

  /// All items were sent; what was changed meanwhile is in the stream already, or comes.
  private static func finishWalk(_ w: WorkerPointer, _ stream: PeerStream, _ replication: Replication) {
    stream.output.closeEntries(stream: stream.stream, position: stream.told)
    stream.walk = nil
    if let c = stream.connection { _ = sendChanges(w, stream, c, replication) }
    tellPosition(stream)
    let end = stream.told
    stream.output.append(.walked, id: stream.stream, number: end)
    let number = stream.stream
    stream.locked { shared in
      guard shared.sending == number else { return }
      shared.snapshotEnd = end
    }
    w.pointee.server.pointee.cluster?.control?.wake()
  }
}
