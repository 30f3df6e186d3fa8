/// What is stored with a value. Small, because every write hands it through several calls.
public struct ItemInfo {
  /// The client's 32 opaque bits.
  public var clientFlags: UInt32
  /// When it expires: absolute seconds of the daemon's clock, 0 never.
  public var expiry: UInt32
  /// CAS to give to the item; 0: the next one, greater than any the key has had while it lives.
  public var cas: UInt64
  /// Generation clock of the lease that it was computed under; 0: now.
  public var stamp: UInt64
  /// Seconds of life that it was given, for a value that keeps its expiry; 0: what is left of it now.
  public var life: UInt32
  @usableFromInline var marks: ItemFlags

  /// Everything zero unless told otherwise.
  @inlinable @inline(__always)
  public init(
    clientFlags: UInt32 = 0, expiry: UInt32 = 0, cas: UInt64 = 0, binaryKey: Bool = false,
    stale: Bool = false, win: Bool = false, fetched: Bool = false, exempt: Bool = false, life: UInt32 = 0,
    stamp: UInt64 = 0
  ) {
    self.clientFlags = clientFlags
    self.expiry = expiry
    self.cas = cas
    self.stamp = stamp
    self.life = life
    marks = []
    self.binaryKey = binaryKey
    self.stale = stale
    self.win = win
    self.fetched = fetched
    self.exempt = exempt
  }

  /// The key is binary: meta replies print it in base64.
  @inlinable @inline(__always)
  public var binaryKey: Bool {
    get { marks.contains(.binaryKey) }
    set { set(.binaryKey, newValue) }
  }
  /// Marked stale (meta X).
  @inlinable @inline(__always)
  public var stale: Bool {
    get { marks.contains(.stale) }
    set { set(.stale, newValue) }
  }
  /// The recomputation token was handed out (meta Z).
  @inlinable @inline(__always)
  public var win: Bool {
    get { marks.contains(.win) }
    set { set(.win, newValue) }
  }
  /// The item continues one that was read.
  @inlinable @inline(__always)
  public var fetched: Bool {
    get { marks.contains(.fetched) }
    set { set(.fetched, newValue) }
  }
  /// Written by add, incr or decr: a lock or a counter, which nobody sees too early or too late.
  @inlinable @inline(__always)
  public var exempt: Bool {
    get { marks.contains(.exempt) }
    set { set(.exempt, newValue) }
  }

  @inlinable @inline(__always)
  mutating func set(_ mark: ItemFlags, _ value: Bool) {
    if value { marks.insert(mark) } else { marks.remove(mark) }
  }

  /// Bit of `stamp`: its low half is what the item has at another node, and is kept.
  private static var copiedStamp: UInt64 { 1 << 63 }

  /// The item is a copy of one that has this stamp.
  public mutating func copyStamp(_ value: UInt32) { stamp = Self.copiedStamp | UInt64(value) }

  var isCopy: Bool { stamp & Self.copiedStamp != 0 }

  var itemFlags: ItemFlags {
    var flags = marks
    if expiry != 0 { flags.insert(.expiry) }
    if clientFlags != 0 { flags.insert(.clientFlags) }
    if cas != 0 { flags.insert(.explicitCAS) }
    return flags
  }
}
