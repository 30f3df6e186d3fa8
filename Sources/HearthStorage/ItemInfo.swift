/// What is stored with a value.
public struct ItemInfo {
  /// The client's 32 opaque bits.
  public var clientFlags: UInt32
  /// When it expires: absolute seconds of the daemon's clock, 0 never.
  public var expiry: UInt32
  /// CAS to give to the item; 0: the next one, greater than any the key has had while it lives.
  public var cas: UInt64
  /// The key is binary: meta replies print it in base64.
  public var binaryKey: Bool
  /// Marked stale (meta X).
  public var stale: Bool
  /// The recomputation token was handed out (meta Z).
  public var win: Bool
  /// The item continues one that was read.
  public var fetched: Bool
  /// Written by add, incr or decr: a lock or a counter, which nobody sees too early or too late.
  public var exempt: Bool
  /// Seconds of life that it was given, for a value that keeps its expiry; 0: what is left of it now.
  public var life: UInt32
  /// Generation clock of the lease that it was computed under; 0: now.
  public var stamp: UInt64

  /// Everything zero unless told otherwise.
  @inlinable
  public init(
    clientFlags: UInt32 = 0, expiry: UInt32 = 0, cas: UInt64 = 0, binaryKey: Bool = false,
    stale: Bool = false, win: Bool = false, fetched: Bool = false, exempt: Bool = false, life: UInt32 = 0,
    stamp: UInt64 = 0
  ) {
    self.clientFlags = clientFlags
    self.expiry = expiry
    self.cas = cas
    self.binaryKey = binaryKey
    self.stale = stale
    self.win = win
    self.fetched = fetched
    self.exempt = exempt
    self.life = life
    self.stamp = stamp
  }

  var itemFlags: ItemFlags {
    var flags: ItemFlags = []
    if expiry != 0 { flags.insert(.expiry) }
    if clientFlags != 0 { flags.insert(.clientFlags) }
    if cas != 0 { flags.insert(.explicitCAS) }
    if binaryKey { flags.insert(.binaryKey) }
    if stale { flags.insert(.stale) }
    if win { flags.insert(.win) }
    if fetched { flags.insert(.fetched) }
    if exempt { flags.insert(.exempt) }
    return flags
  }
}
