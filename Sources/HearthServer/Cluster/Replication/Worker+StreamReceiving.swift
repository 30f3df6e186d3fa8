import CHearth
import Glibc
import HearthCluster
import HearthHerd
import HearthNet
import HearthStorage

/// What another node tells this one. On the stream's keeper.
extension Worker {
  /// Bytes that are received in one turn.
  private static let receiveShare = 512 << 10

  /// Receives, and deals with what is whole.
  static func receiveStream(_ w: WorkerPointer, _ c: ConnectionPointer, _ stream: PeerStream) {
    var acknowledges = takeFrames(w, c, stream)
    var budget = receiveShare
    while budget > 0, !stream.waitsForControl, !c.pointee.isDoomed,
      let start = stream.input.space().baseAddress
    {
      let room = stream.input.space().count
      guard room > 0 else { return loseSense(w, c, stream) }
      guard case .bytes(let count) = Connection.receive(c, into: start, room) else { break }
      if count == 0 {
        Connection.doom(c)
        break
      }
      stream.input.advance(count)
      budget -= count
      if takeFrames(w, c, stream) { acknowledges = true }
      if count < room { break }
    }
    if acknowledges { acknowledge(w, stream) }
    // The next part of a walk may be due, too.
    listStream(w, stream)
  }

  /// Deals with the frames that are whole. True: there were changes.
  private static func takeFrames(_ w: WorkerPointer, _ c: ConnectionPointer, _ stream: PeerStream) -> Bool {
    let input = stream.input.bytes
    guard let start = input.baseAddress else { return false }
    var offset = 0
    var acknowledges = false
    while !stream.waitsForControl, input.count - offset >= PeerFrame.headerSize {
      guard let frame = PeerFrame(start + offset) else {
        loseSense(w, c, stream)
        break
      }
      let end = offset + PeerFrame.headerSize + Int(frame.length)
      if end > input.count { break }
      let payload = UnsafeRawBufferPointer(rebasing: input[offset + PeerFrame.headerSize..<end])
      offset = end
      switch frame.kind {
      case .entries:
        if takeEntries(w, stream, frame, payload) { acknowledges = true }
      case .data: takePart(w, stream, frame, payload)
      case .walked:
        takeEnd(w, stream, frame, payload)
        acknowledges = true
      case .acknowledged: takeAcknowledgement(w, stream, frame, payload)
      case .control: takeMessage(w, c, stream, payload)
      default: loseSense(w, c, stream)
      }
      if c.pointee.isDoomed { break }
    }
    stream.input.consume(offset)
    return acknowledges
  }

  private static func loseSense(_ w: WorkerPointer, _ c: ConnectionPointer, _ stream: PeerStream) {
    w.pointee.server.pointee.cluster?.note(stream.node, "it does not speak the language of nodes")
    Connection.doom(c)
  }

  private static func place(_ payload: UnsafeRawBufferPointer) -> UInt64? {
    payload.count >= 8 ? UInt64(littleEndian: payload.loadUnaligned(as: UInt64.self)) : nil
  }

  // ---- changes

  /// Applies a frame of entries as a whole: nobody withdraws the stream meanwhile. False: the stream is not applied.
  private static func takeEntries(
    _ w: WorkerPointer, _ stream: PeerStream, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) -> Bool {
    guard let position = place(payload) else { return false }
    return stream.locked { shared in
      let isWanted = shared.accepting == frame.id && frame.id != 0
      var rest = UnsafeRawBufferPointer(rebasing: payload[8...])
      while let entry = ReplicaEntry(rest) {
        let size = entry.size
        let keyEnd = ReplicaEntry.headerSize + Int(entry.keyLength)
        let key = UnsafeRawBufferPointer(rebasing: rest[ReplicaEntry.headerSize..<keyEnd])
        if entry.isLarge {
          beginArriving(w, stream, entry, key, isWanted: isWanted)
        } else if isWanted {
          apply(w, stream, entry, key, UnsafeRawBufferPointer(rebasing: rest[keyEnd..<size]), &shared)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
      }
      if !isWanted { return false }
      if shared.refreshed == nil, shared.lacking == 0 {
        shared.applied = max(shared.applied, position)
      }
      return true
    }
  }

  private static func pool(_ w: WorkerPointer, _ entry: ReplicaEntry) -> UnsafeMutablePointer<ServerPool>? {
    guard Int(entry.pool) < w.pointee.pools.count else { return nil }
    let pool = w.pointee.pools.pools + Int(entry.pool)
    return pool.pointee.replication == nil ? nil : pool
  }

  private static func apply(
    _ w: WorkerPointer, _ stream: PeerStream, _ entry: ReplicaEntry, _ bytes: UnsafeRawBufferPointer,
    _ value: UnsafeRawBufferPointer, _ shared: inout PeerStream.Shared
  ) {
    guard let pool = pool(w, entry), let start = bytes.baseAddress else { return }
    shared.itemsApplied &+= 1
    switch entry.kind {
    case .flushed: return applyFlush(w, stream, pool, bytes)
    case .bumped: return applyBump(pool, bytes, &shared)
    case .numbered:
      // Who has the pool already goes by the bumps themselves, one by one.
      guard let ruling = w.pointee.ruling else { return }
      let index = pool.pointee.index
      let hasPool =
        ruling.pointee.isServing
        && ruling.pointee.placement(pool: index)?.pointee.allNodes.contains(ruling.pointee.own) == true
      if shared.refreshed == nil && hasPool { return }
      if bytes.count == 8 { pool.pointee.pool.followGenerations(clock: number(bytes, 0)) }
      return
    case .fed:
      return w.pointee.server.pointee.feeds?.take(
        name: String(decoding: bytes, as: UTF8.self), text: String(decoding: value, as: UTF8.self)) ?? ()
    case .item, .removed: break
    }
    let key = Key(start, bytes.count)
    shared.refreshed?.insert(key.hash)
    let isStored = entry.kind == .item && storeCopy(w, pool, key, value, info(stream, entry))
    if !isStored {
      // What does not fit must not leave an old value behind.
      var locked = pool.pointee.pool.lockAsCopy(key, now: w.pointee.now)
      locked.remove()
      if entry.kind == .removed { return }
      w.pointee.counters.storeNoMemory &+= 1
      if !pool.pointee.pool.evicts { noteLack(w, stream, &shared) }
    }
    if KeyedMutexTable.hasWaiters(w.pointee.mutex.waitingWord) { tellStored(w, key) }
  }

  /// A node with less memory keeps in pieces what another one keeps as a whole. False: there is no room.
  private static func storeCopy(
    _ w: WorkerPointer, _ pool: UnsafeMutablePointer<ServerPool>, _ key: Key,
    _ value: UnsafeRawBufferPointer, _ info: ItemInfo
  ) -> Bool {
    let store = pool.pointee.pool
    if value.count <= store.inlineLimit {
      var locked = store.lockAsCopy(key, now: w.pointee.now)
      return locked.put(value, info)
    }
    guard var writer = store.beginLarge(key, length: value.count, now: w.pointee.now),
      LargeBody.fill(&writer, value)
    else { return false }
    var locked = store.lockAsCopy(key, now: w.pointee.now)
    return locked.put(writer, info)
  }

  /// What the peer has in a pool that never evicts finds no room here: this node has not all of it from now on, and acknowledges
  /// nothing more, so that it is not counted on.
  private static func noteLack(_ w: WorkerPointer, _ stream: PeerStream, _ shared: inout PeerStream.Shared) {
    shared.lacking += 1
    if shared.lacking == 1 { tellLack(w, stream) }
  }

  private static func tellLack(_ w: WorkerPointer, _ stream: PeerStream) {
    w.pointee.server.pointee.cluster?.note(
      stream.node, "a deterministic pool is too small for what this node has to hold: raise its memory")
  }

  private static func info(_ stream: PeerStream, _ entry: ReplicaEntry) -> ItemInfo {
    var info = ItemInfo(
      clientFlags: entry.clientFlags, expiry: stream.clockShift.own(entry.expiry), cas: entry.cas,
      binaryKey: entry.marks & ReplicaEntry.Mark.binaryKey != 0,
      stale: entry.marks & ReplicaEntry.Mark.stale != 0, win: entry.marks & ReplicaEntry.Mark.win != 0,
      exempt: entry.marks & ReplicaEntry.Mark.exempt != 0, life: entry.life)
    info.copyStamp(entry.stamp)
    return info
  }

  /// A group was made void at the primary.
  private static func applyBump(
    _ pool: UnsafeMutablePointer<ServerPool>, _ bytes: UnsafeRawBufferPointer,
    _ shared: inout PeerStream.Shared
  ) {
    guard bytes.count == 16 else { return }
    let clock = number(bytes, 8)
    pool.pointee.pool.bumpAsCopy(hash: number(bytes, 0), clock: clock, time: PeerLinks.now)
    shared.bumps[pool.pointee.index] = max(shared.bumps[pool.pointee.index] ?? 0, clock)
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  // ---- large values

  private static func beginArriving(
    _ w: WorkerPointer, _ stream: PeerStream, _ entry: ReplicaEntry, _ key: UnsafeRawBufferPointer,
    isWanted: Bool
  ) {
    endArriving(stream)
    var writer: UnsafeMutablePointer<LargeWriter>?
    if isWanted, let pool = pool(w, entry), let start = key.baseAddress,
      let made = pool.pointee.pool.beginLarge(
        Key(start, key.count), length: Int(entry.valueLength), now: w.pointee.now)
    {
      let kept = UnsafeMutablePointer<LargeWriter>.allocate(capacity: 1)
      kept.initialize(to: made)
      writer = kept
    }
    stream.arriving = ArrivingValue(
      entry: entry, key: Array(key), writer: writer, left: Int(entry.valueLength))
  }

  /// Drops a large value that has not arrived completely.
  static func endArriving(_ stream: PeerStream) {
    if let writer = stream.arriving?.writer {
      writer.deinitialize(count: 1)
      writer.deallocate()
    }
    stream.arriving = nil
  }

  private static func takePart(
    _ w: WorkerPointer, _ stream: PeerStream, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    guard var arriving = stream.arriving, payload.count <= arriving.left else { return endArriving(stream) }
    arriving.left -= payload.count
    var isWhole = arriving.writer != nil
    if let writer = arriving.writer, !LargeBody.fill(&writer.pointee, payload) { isWhole = false }
    stream.arriving = arriving
    if isWhole && arriving.left > 0 { return }
    if !isWhole || arriving.left == 0 { finishArriving(w, stream, frame, isWhole: isWhole) }
  }

  private static func finishArriving(
    _ w: WorkerPointer, _ stream: PeerStream, _ frame: PeerFrame, isWhole: Bool
  ) {
    guard let arriving = stream.arriving, let pool = pool(w, arriving.entry) else {
      return endArriving(stream)
    }
    if !isWhole && arriving.left > 0 {
      // The rest is dropped; the old value goes with it.
      if let writer = arriving.writer {
        writer.deinitialize(count: 1)
        writer.deallocate()
      }
      stream.arriving = ArrivingValue(
        entry: arriving.entry, key: arriving.key, writer: nil, left: arriving.left)
    } else {
      stream.arriving = nil
    }
    stream.locked { shared in
      let isWanted = shared.accepting == frame.id && frame.id != 0
      arriving.key.withUnsafeBytes { bytes in
        let key = Key(bytes.baseAddress.unsafelyUnwrapped, bytes.count)
        if isWanted {
          shared.itemsApplied &+= 1
          shared.refreshed?.insert(key.hash)
          var locked = pool.pointee.pool.lockAsCopy(key, now: w.pointee.now)
          if isWhole, let writer = arriving.writer {
            if !locked.put(writer.move(), info(stream, arriving.entry)) { locked.remove() }
            writer.deallocate()
          } else {
            locked.remove()
            w.pointee.counters.storeNoMemory &+= 1
            if !pool.pointee.pool.evicts { noteLack(w, stream, &shared) }
          }
        } else if isWhole, let writer = arriving.writer {
          writer.deinitialize(count: 1)
          writer.deallocate()
        }
      }
    }
  }

  // ---- how far it came

  /// The peer has walked over all that this node has to have.
  private static func takeEnd(
    _ w: WorkerPointer, _ stream: PeerStream, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    guard let position = place(payload) else { return }
    let refreshed: Set<UInt64>?? = stream.locked { shared in
      guard shared.accepting == frame.id, frame.id != 0 else { return nil }
      return .some(shared.refreshed)
    }
    guard let refreshed else { return }
    if let seen = refreshed, let ruling = w.pointee.ruling, let replication = w.pointee.replication {
      // What did not come is not there any more.
      for index in replication.pools {
        let pool = w.pointee.pools.pools + index
        removeItems(w, pool) { key in
          !seen.contains(key.hash)
            && KeyOwners(key, pool: index, ruling).primary == stream.node
        }
      }
    }
    let lacks = stream.locked { shared in
      guard shared.accepting == frame.id else { return false }
      shared.refreshed = nil
      // Where a miss is an answer nothing may be missing.
      shared.isSnapshotComplete = shared.lacking == 0
      shared.applied = max(shared.applied, position)
      return shared.lacking > 0
    }
    if lacks { tellLack(w, stream) }
    w.pointee.server.pointee.cluster?.control?.wake()
  }

  /// Tells the peer how far its changes are here.
  private static func acknowledge(_ w: WorkerPointer, _ stream: PeerStream) {
    let (number, sequence) = stream.locked { shared in
      (shared.refreshed == nil && shared.lacking == 0 ? shared.accepting : 0, shared.applied)
    }
    if number == 0 { return }
    stream.output.closeEntries(stream: stream.stream, position: stream.told)
    stream.output.append(.acknowledged, id: number, number: sequence)
    if w.pointee.ruling?.pointee.isSettling != false { tellProgress(w, stream) }
  }

  /// Something may follow from what has arrived. The control looks by itself, too, so this need not be told for each piece.
  private static func tellProgress(_ w: WorkerPointer, _ stream: PeerStream) {
    let now = PeerLinks.now
    if now < stream.progressToldAt + 5 { return }
    stream.progressToldAt = now
    w.pointee.server.pointee.cluster?.control?.wake()
  }

  private static func takeAcknowledgement(
    _ w: WorkerPointer, _ stream: PeerStream, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    guard let sequence = place(payload), let replication = w.pointee.replication else { return }
    let now = PeerLinks.now
    let isCurrent = stream.locked { shared in
      guard shared.sending == frame.id, frame.id != 0 else { return false }
      if sequence > replication.acknowledged(by: stream.node) {
        replication.setAcknowledged(sequence, by: stream.node)
      }
      if let owed = shared.owed, owed.sequence <= sequence {
        shared.owed = stream.lastOwed > sequence ? (stream.lastOwed, now) : nil
        replication.setOwedSince(shared.owed?.since ?? 0, by: stream.node)
      }
      return true
    }
    if !isCurrent { return }
    wakeWaiters(w, replication)
    if w.pointee.ruling?.pointee.ready.contains(stream.node) == false { tellProgress(w, stream) }
  }

  // ---- messages

  private static func takeMessage(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ stream: PeerStream, _ payload: UnsafeRawBufferPointer
  ) {
    guard let message = ControlMessage(decoding: payload), let map = w.pointee.replication?.map,
      message.fits(map)
    else { return loseSense(w, c, stream) }
    var waits = true
    switch message {
    case .pulse, .view, .farewell: waits = false
    default: break
    }
    if waits {
      // What follows counts on what comes of it.
      stream.waitsForControl = true
      Connection.park(c)
    }
    w.pointee.server.pointee.cluster?.control?.receive(message, from: stream.node, goesOn: waits)
  }
}
