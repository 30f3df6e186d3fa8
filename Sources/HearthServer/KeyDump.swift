import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

/// A list of all keys that is being sent: `lru_crawler metadump` or `mgdump`. It goes on whenever the socket has
/// taken what was sent, so its memory is one buffer, however many keys there are.
struct KeyDump: ~Copyable {
  enum Format {
    /// `key=... exp=... la=... cas=... fetch=... cls=... size=... flags=...` and `END`.
    case metadata
    /// `mg key` and `EN`: commands to fetch everything.
    case metaGet
  }

  /// Room for the lines of one step of the walk: a leaf has some 400 slots, and a line at most 1 KiB.
  private static let bufferSize = 512 << 10
  /// Leaves per round, so that other connections get their turn.
  private static let stepsPerRound = 4

  private let format: Format
  private var pool = 0
  private let lastPool: Int
  private var cursor = WalkCursor()
  private let buffer: UnsafeMutableRawPointer

  private init(_ format: Format, pool: Int, lastPool: Int) {
    self.format = format
    self.pool = pool
    self.lastPool = lastPool
    buffer = .allocate(byteCount: Self.bufferSize, alignment: 64)
  }

  deinit { buffer.deallocate() }

  /// Begins a dump of the connection's pool, or of all.
  static func begin(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>, _ format: Format
  ) {
    Worker.flushReplies(w)
    let dump = UnsafeMutablePointer<KeyDump>.allocate(capacity: 1)
    let own = s.pointee.ownPool?.pointee.index
    dump.initialize(to: KeyDump(format, pool: own ?? 0, lastPool: own ?? w.pointee.pools.count - 1))
    s.pointee.dump = dump
    c.pointee.hasMoreOutput = true
    advance(w, c, s)
  }

  /// Sends the next part, unless the last one is still on its way.
  static func advance(_ w: WorkerPointer, _ c: ConnectionPointer, _ s: UnsafeMutablePointer<Session>) {
    guard let dump = s.pointee.dump else { return }
    for _ in 0..<stepsPerRound {
      if c.pointee.isBlocked { return }
      var r = ReplyCursor(dump.pointee.buffer)
      let more = dump.pointee.step(w, &r)
      if !more { r.text(dump.pointee.format == .metadata ? "END\r\n" : "EN\r\n") }
      let count = r.p - dump.pointee.buffer
      if count > 0 { Connection.send(c, dump.pointee.buffer, count) }
      if !more {
        c.pointee.hasMoreOutput = false
        Session.endDump(s)
        return
      }
    }
  }

  private mutating func step(_ w: WorkerPointer, _ r: inout ReplyCursor) -> Bool {
    let now = w.pointee.now
    let format = self.format
    let more = w.pointee.pools.pools[pool].pool.walk(&cursor, now: now) { item, cas in
      if format == .metadata { Self.metadata(item, cas, &r) } else { Self.metaGet(item, &r) }
    }
    if more { return true }
    pool += 1
    cursor = WalkCursor()
    return pool <= lastPool
  }

  private static func metadata(_ item: Item, _ cas: UInt64, _ r: inout ReplyCursor) {
    r.text("key=")
    for byte in item.key { encode(byte, &r) }
    r.text(" exp=")
    if item.expiry == 0 { r.text("-1") } else { r.number(UInt64(item.expiry)) }
    r.text(" la=")
    r.number(UInt64(item.lastAccess))
    r.text(" cas=")
    r.number(cas)
    r.text(item.isFetched ? " fetch=yes" : " fetch=no")
    r.text(" cls=1 size=")
    r.number(item.size)
    r.text(" flags=")
    r.number(UInt64(item.clientFlags))
    r.text(" \n")
  }

  private static func metaGet(_ item: Item, _ r: inout ReplyCursor) {
    r.text("mg ")
    if item.isBinaryKey {
      r.p = Base64.encode(item.key, r.p)
      r.text(" b")
    } else {
      r.bytes(item.key)
    }
    r.endLine()
  }

  /// Percent-encodes all but the unreserved characters of RFC 3986.
  private static func encode(_ byte: UInt8, _ r: inout ReplyCursor) {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: r.byte(byte)
    default:
      r.byte(0x25)
      r.byte(hexadecimal(byte >> 4))
      r.byte(hexadecimal(byte & 15))
    }
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }
}
