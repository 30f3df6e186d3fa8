import CHearth

/// Memory for a large value while its bytes arrive: whole segments, then parts in ordinary segments. Segments are taken as they are needed; what was taken goes back if the value is never stored.
public struct LargeWriter: ~Copyable {
  /// Length of the whole value, bytes.
  public let length: Int
  /// Bytes written so far.
  public private(set) var written: Int = 0

  let pool: Pool
  let shard: UnsafeMutablePointer<Shard>
  let hash: UInt64
  let now: UInt32
  var descriptor = LargeDescriptor()
  private var lastSegment: UInt32 = 0
  /// Known from the first segment or part on.
  private var memory: ShardMemory?
  /// Where in the value the last part ends.
  private var partEnd = 0
  private var isOpen = true

  init(pool: Pool, key: Key, length: Int, now: UInt32) {
    self.pool = pool
    self.length = length
    self.hash = key.hash
    self.now = now
    shard = pool.shard(key.hash)
  }

  deinit {
    if !isOpen { return }
    hearth_lock(Pool.lockWord(shard))
    LargeWriter.free(descriptor, in: shard)
    hearth_unlock(Pool.lockWord(shard))
    _ = hearth_atomic_add64(pool.state.heldAddress, 0 &- UInt64(length))
  }

  /// The next contiguous room for bytes of the value; empty when all are written. Nil: out of memory.
  public mutating func space() -> UnsafeMutableRawBufferPointer? {
    let left = length - written
    if left == 0 { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    let size = pool.state.pointee.geometry.segmentSize
    let wholes = length / size
    if written < wholes * size {
      let number = written / size
      if number == Int(descriptor.segmentCount) && !addSegment() { return nil }
      guard let memory else { return nil }
      let within = written % size
      return UnsafeMutableRawBufferPointer(
        start: memory.base(of: Int(lastSegment)) + within, count: size - within)
    }
    if written == partEnd || descriptor.partCount == 0 {
      if !addPart(left) { return nil }
    }
    guard let memory else { return nil }
    let item = memory.item(descriptor.part(Int(descriptor.partCount) - 1))
    let room = partEnd - written
    return UnsafeMutableRawBufferPointer(start: item.partData + (item.valueLength - room), count: room)
  }

  /// `count` bytes were written to `space()`.
  public mutating func advance(_ count: Int) {
    written += count
    precondition(written <= length)
  }

  private mutating func addSegment() -> Bool {
    guard let number = pool.takeLargeSegment(shard, now: now) else { return false }
    let shard = shard
    hearth_lock(Pool.lockWord(shard))
    memory = ShardMemory(of: shard)
    if descriptor.segmentCount == 0 {
      descriptor.firstSegment = number
    } else {
      shard.pointee.headers[Int(lastSegment)].next = number
    }
    hearth_unlock(Pool.lockWord(shard))
    lastSegment = number
    descriptor.segmentCount += 1
    return true
  }

  private mutating func addPart(_ bytes: Int) -> Bool {
    let shard = shard
    hearth_lock(Pool.lockWord(shard))
    defer { hearth_unlock(Pool.lockWord(shard)) }
    memory = ShardMemory(of: shard)
    if shard.pointee.freeCount < shard.pointee.reserve {
      pool.makeRoomLocked(shard, segments: shard.pointee.reserve, now: now)
    }
    let queue: Queue = shard.pointee.evicts ? .small : .main
    let maySplit = Int(descriptor.partCount) < LargeDescriptor.maximumParts - 3
    guard shard.pointee.evicts || shard.pointee.fits(growth: bytes),
      let location = shard.pointee.appendPart(
        upTo: bytes, owner: hash, queue, expiry: 0, maySplit: maySplit, now: now,
        keep: shard.pointee.reserve - 1)
    else { return false }
    shard.pointee.headers[shard.pointee.segmentNumber(location)].pins += 1
    descriptor.add(location)
    partEnd = written + shard.pointee.item(location).valueLength
    return true
  }

  /// The item points to the bytes now. Under the shard's lock.
  mutating func commitLocked() {
    let shard = shard
    for i in 0..<Int(descriptor.partCount) {
      shard.pointee.unpin(shard.pointee.segmentNumber(descriptor.part(i)))
    }
    close()
  }

  /// Gives everything back. Under the shard's lock.
  mutating func abandonLocked() {
    LargeWriter.free(descriptor, in: shard)
    close()
  }

  private mutating func close() {
    isOpen = false
    _ = hearth_atomic_add64(pool.state.heldAddress, 0 &- UInt64(length))
  }

  private static func free(_ descriptor: LargeDescriptor, in shard: UnsafeMutablePointer<Shard>) {
    for i in 0..<Int(descriptor.partCount) {
      let location = descriptor.part(i)
      shard.pointee.kill(shard.pointee.item(location), at: location, freeLarge: false)
      shard.pointee.unpin(shard.pointee.segmentNumber(location))
    }
    if descriptor.segmentCount > 0 { shard.pointee.freeChain(descriptor.firstSegment) }
  }
}

extension Pool {
  /// Begins to store a value larger than `inlineLimit`. Nil when it cannot fit, or when unfinished values
  /// already hold a quarter of the pool (one is always allowed).
  public func beginLarge(_ key: Key, length: Int, now: UInt32) -> LargeWriter? {
    if state.pointee.kind == .deterministic && !admits(key, length) { return nil }
    let limit = state.limit
    let held = hearth_atomic_add64(state.heldAddress, UInt64(length))
    let fitsAlone = held == UInt64(length) && length <= limit - limit / 8
    if fitsAlone || Int(held) <= limit / 4 {
      return LargeWriter(pool: self, key: key, length: length, now: now)
    }
    _ = hearth_atomic_add64(state.heldAddress, 0 &- UInt64(length))
    return nil
  }

  /// A deterministic pool promises the whole value its place before the first byte is taken.
  private func admits(_ key: Key, _ length: Int) -> Bool {
    let shard = shard(key.hash)
    hearth_lock(Pool.lockWord(shard))
    defer { hearth_unlock(Pool.lockWord(shard)) }
    let old = shard.pointee.find(key).map { shard.pointee.footprint($0) } ?? 0
    return shard.pointee.fits(growth: length - old)
  }
}

extension Shard {
  /// Appends a part of a large value, of `bytes` or, if it may be split, what is left of the open segment.
  /// Nil: out of memory.
  mutating func appendPart(
    upTo bytes: Int, owner: UInt64, _ queue: Queue, expiry: UInt32, maySplit: Bool, now: UInt32, keep: Int
  ) -> UInt32? {
    let ttlClass = TTLClass.of(expiry: expiry, now: now)
    let open = Int(openNumber(queue, ttlClass))
    let rest = open == 0 ? 0 : segmentSize - Int(headers[open].writeOffset) - ItemPointer.partHeaderBytes
    var count = min(bytes, segmentSize - ItemPointer.partHeaderBytes)
    if maySplit && rest < count && rest >= segmentSize / 16 { count = rest & ~3 }
    let size = ItemPointer.aligned(ItemPointer.partHeaderBytes + count)
    guard let number = room(size, queue, ttlClass, now: now, keep: keep) else { return nil }
    let location = append(number, size: size, expiry: expiry)
    let part = item(location)
    part.raw.storeBytes(of: 0, as: UInt32.self)
    part.flags = [.part, .committed]
    part.valueLength = count
    part.lastAccess = now
    part.raw.storeBytes(of: owner, toByteOffset: 12, as: UInt64.self)
    return location
  }
}
