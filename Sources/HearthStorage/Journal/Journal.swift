import CHearth
import Glibc

/// The changes of the pools that other nodes have copies of, in one order. A ring in memory: the oldest changes make room for
/// the newest. Lives at a fixed address; any thread, its lock is taken under a shard's.
public struct Journal: ~Copyable {
  /// Bytes of memory in which no record crosses the end.
  static let chunkBytes = 64 << 10
  /// Bits of a version that are the sequence; above them is the epoch.
  public static let sequenceBits: UInt64 = 40

  // First, because the lock is taken through the journal's address.
  private var lockWord: UInt32 = 0
  private let memory: UnsafeMutableRawPointer
  private let chunkCount: UInt64
  /// The first sequence of each chunk, and where it ends.
  private let firsts: UnsafeMutablePointer<UInt64>
  private let ends: UnsafeMutablePointer<Int>
  /// Number of the chunk that is being filled; they are numbered on for ever.
  private var chunk: UInt64 = 0
  private var used = 0
  private var last: UInt64 = 0
  private var epoch: UInt64 = 0

  /// A journal that holds `bytes` of changes (some 30 each), at least 1 MiB. Memory is taken as it fills.
  public static func make(bytes: Int) -> UnsafeMutablePointer<Journal>? {
    let count = max(16, bytes / chunkBytes)
    guard let memory = hearth_reserve(count * chunkBytes) else { return nil }
    let journal = UnsafeMutablePointer<Journal>.allocate(capacity: 1)
    journal.initialize(to: Journal(memory, count))
    return journal
  }

  private init(_ memory: UnsafeMutableRawPointer, _ count: Int) {
    self.memory = memory
    chunkCount = UInt64(count)
    firsts = .allocate(capacity: count)
    firsts.initialize(repeating: 1, count: count)
    ends = .allocate(capacity: count)
    ends.initialize(repeating: 0, count: count)
  }

  private static func locked<R>(_ j: UnsafeMutablePointer<Journal>, _ body: () -> R) -> R {
    hearth_lock(&j.pointee.lockWord)
    defer { hearth_unlock(&j.pointee.lockWord) }
    return body()
  }

  // ---- writing

  /// Notes a change, under the lock of what changes. Returns its version: the epoch and the sequence. The calling thread's
  /// `takeSequence` then names it.
  @inline(never)
  static func append(
    _ j: UnsafeMutablePointer<Journal>, _ kind: JournalRecord.Kind, pool: Int, _ bytes: UnsafeRawPointer,
    _ count: Int
  ) -> UInt64 {
    hearth_lock(&j.pointee.lockWord)
    let size = JournalRecord.headerSize + count
    if j.pointee.used + size > chunkBytes { j.pointee.beginChunk() }
    let slot = Int(j.pointee.chunk % j.pointee.chunkCount)
    let at = j.pointee.memory + slot * chunkBytes + j.pointee.used
    at.storeBytes(of: kind.rawValue, as: UInt8.self)
    at.storeBytes(of: UInt8(truncatingIfNeeded: pool), toByteOffset: 1, as: UInt8.self)
    at.storeBytes(of: UInt8(truncatingIfNeeded: count), toByteOffset: 2, as: UInt8.self)
    memcpy(at + JournalRecord.headerSize, bytes, count)
    j.pointee.used += size
    j.pointee.ends[slot] = j.pointee.used
    j.pointee.last += 1
    let sequence = j.pointee.last
    let version = j.pointee.epoch << sequenceBits | sequence
    hearth_unlock(&j.pointee.lockWord)
    hearth_note_sequence(sequence)
    return version
  }

  /// Gives something else a place among the changes of a pool: all that was changed before comes before it. At most 250 bytes.
  public static func mark(
    _ j: UnsafeMutablePointer<Journal>, pool: Int, _ bytes: UnsafeRawBufferPointer
  ) {
    guard let start = bytes.baseAddress, bytes.count <= 250 else { return }
    _ = append(j, .mark, pool: pool, start, bytes.count)
  }

  private mutating func beginChunk() {
    chunk += 1
    used = 0
    let slot = Int(chunk % chunkCount)
    firsts[slot] = last + 1
    ends[slot] = 0
  }

  /// Versions of changes begin with this from now on; 24 bits.
  public static func setEpoch(_ j: UnsafeMutablePointer<Journal>, _ epoch: UInt64) {
    locked(j) { j.pointee.epoch = epoch & 0xff_ffff }
  }

  /// The sequence of the last change that the calling thread has made since it asked last; 0: none.
  @inline(__always)
  public static func takeSequence() -> UInt64 { hearth_take_sequence() }

  // ---- reading

  /// The last change, and the one before the first that the journal still has.
  public static func bounds(_ j: UnsafeMutablePointer<Journal>) -> (last: UInt64, floor: UInt64) {
    locked(j) { (j.pointee.last, j.pointee.floor) }
  }

  /// Everything so far is forgotten; sequences go on rising.
  public static func forget(_ j: UnsafeMutablePointer<Journal>) {
    locked(j) {
      j.pointee.beginChunk()
      for i in 0..<Int(j.pointee.chunkCount) { j.pointee.firsts[i] = j.pointee.last + 1 }
    }
  }

  private var floor: UInt64 { firsts[Int(oldest % chunkCount)] - 1 }
  private var oldest: UInt64 { chunk >= chunkCount ? chunk - chunkCount + 1 : 0 }

  /// What a look at the journal found.
  public enum Reading: Equatable, Sendable {
    /// So many bytes of records were copied; 0: there are none beyond the cursor.
    case bytes(Int)
    /// What comes next is not there any more.
    case lost
  }

  /// Copies the records behind the cursor, as many as fit, and moves it. `room` is at least 256.
  public static func read(
    _ j: UnsafeMutablePointer<Journal>, _ cursor: inout JournalCursor, into target: UnsafeMutableRawPointer,
    room: Int
  ) -> Reading {
    hearth_lock(&j.pointee.lockWord)
    defer { hearth_unlock(&j.pointee.lockWord) }
    return j.pointee.copy(&cursor, target, room)
  }

  private func copy(
    _ cursor: inout JournalCursor, _ target: UnsafeMutableRawPointer, _ room: Int
  ) -> Reading {
    if cursor.sequence == last { return .bytes(0) }
    if cursor.sequence < floor || cursor.sequence > last { return .lost }
    var chunk = cursor.chunk ?? find(&cursor)
    if cursor.offset == ends[Int(chunk % chunkCount)], chunk < self.chunk {
      chunk += 1
      cursor.offset = 0
    }
    cursor.chunk = chunk
    let slot = Int(chunk % chunkCount)
    let start = memory + slot * Self.chunkBytes + cursor.offset
    let available = ends[slot] - cursor.offset
    var count = 0
    while count < available {
      let size = JournalRecord.headerSize + Int(start.load(fromByteOffset: count + 2, as: UInt8.self))
      if count + size > room { break }
      count += size
      cursor.sequence += 1
    }
    memcpy(target, start, count)
    cursor.offset += count
    return .bytes(count)
  }

  /// The chunk of the record behind the cursor, which gets its place there.
  private func find(_ cursor: inout JournalCursor) -> UInt64 {
    var low = oldest
    var high = chunk
    while low < high {
      let middle = (low + high + 1) / 2
      if firsts[Int(middle % chunkCount)] <= cursor.sequence + 1 { low = middle } else { high = middle - 1 }
    }
    let slot = Int(low % chunkCount)
    var sequence = firsts[slot] - 1
    cursor.offset = 0
    while sequence < cursor.sequence, cursor.offset < ends[slot] {
      let at = memory + slot * Self.chunkBytes + cursor.offset
      cursor.offset += JournalRecord.headerSize + Int(at.load(fromByteOffset: 2, as: UInt8.self))
      sequence += 1
    }
    return low
  }

  /// Takes apart what `read` has copied from behind the record `first` on.
  public static func forEach(
    _ bytes: UnsafeRawBufferPointer, after first: UInt64, _ body: (JournalRecord) -> Void
  ) {
    var offset = 0
    var sequence = first
    while offset + JournalRecord.headerSize <= bytes.count {
      let count = Int(bytes[offset + 2])
      let start = offset + JournalRecord.headerSize
      sequence += 1
      if let kind = JournalRecord.Kind(rawValue: bytes[offset]) {
        body(
          JournalRecord(
            kind: kind, pool: Int(bytes[offset + 1]),
            bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]), sequence: sequence))
      }
      offset = start + count
    }
  }

  /// Whether a reader that stands at the cursor is about to be overtaken: three quarters of the ring are ahead of it.
  public static func isPressed(_ j: UnsafeMutablePointer<Journal>, by cursor: JournalCursor) -> Bool {
    locked(j) {
      if cursor.sequence == j.pointee.last { return false }
      guard let chunk = cursor.chunk else { return false }
      return j.pointee.chunk - chunk > j.pointee.chunkCount * 3 / 4
    }
  }
}
