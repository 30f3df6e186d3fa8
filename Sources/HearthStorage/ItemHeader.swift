import CHearth

/// Layout of an item in a segment: 12 bytes of header, the fields it has, key, value; 4-byte aligned.
///
///     0 key length u8 | 1 mutations u8 | 2 flags u16 | 4 value length u32 | 8 last access u32
///     [expiry u32] [client flags u32] [life u32] [stamp u32] [explicit CAS u64]  key  value
///
/// A large item holds a `LargeDescriptor` in place of its value; a part of a large value has no key, but
/// the hash of its item's key, so that the item can be found when the part moves.
@usableFromInline
struct ItemFlags: OptionSet {
  @usableFromInline let rawValue: UInt16
  @inlinable @inline(__always) init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable @inline(__always) static var expiry: ItemFlags { ItemFlags(rawValue: 1) }
  @inlinable @inline(__always) static var clientFlags: ItemFlags { ItemFlags(rawValue: 2) }
  @inlinable @inline(__always) static var explicitCAS: ItemFlags { ItemFlags(rawValue: 4) }
  /// The whole life that the item was given.
  @inlinable @inline(__always) static var life: ItemFlags { ItemFlags(rawValue: 1 << 3) }
  /// The generation clock of its write.
  @inlinable @inline(__always) static var stamp: ItemFlags { ItemFlags(rawValue: 1 << 4) }
  /// Last written by add, incr or decr: a lock or a counter.
  @inlinable @inline(__always) static var exempt: ItemFlags { ItemFlags(rawValue: 1 << 5) }
  /// A client was told the CAS: it must not change when the item moves.
  @inlinable @inline(__always) static var casSeen: ItemFlags { ItemFlags(rawValue: 1 << 6) }
  @inlinable @inline(__always) static var binaryKey: ItemFlags { ItemFlags(rawValue: 1 << 7) }
  @inlinable @inline(__always) static var fetched: ItemFlags { ItemFlags(rawValue: 1 << 8) }
  @inlinable @inline(__always) static var stale: ItemFlags { ItemFlags(rawValue: 1 << 9) }
  @inlinable @inline(__always) static var win: ItemFlags { ItemFlags(rawValue: 1 << 10) }
  @inlinable @inline(__always) static var large: ItemFlags { ItemFlags(rawValue: 1 << 11) }
  @inlinable @inline(__always) static var dead: ItemFlags { ItemFlags(rawValue: 1 << 12) }
  @inlinable @inline(__always) static var committed: ItemFlags { ItemFlags(rawValue: 1 << 13) }
  @inlinable @inline(__always) static var part: ItemFlags { ItemFlags(rawValue: 1 << 14) }

  /// What may end before the item is removed: a life, a generation.
  @inlinable @inline(__always)
  static var perishable: ItemFlags { ItemFlags(rawValue: 1 | 16) }

  /// Bytes between the header and the key.
  @inlinable @inline(__always)
  var optionBytes: Int {
    let usual = Int((rawValue & 1) &* 4 &+ (rawValue & 6) &* 2)
    return rawValue & 24 == 0 ? usual : usual &+ rareBytes
  }

  /// Bytes of the fields that only some pools keep.
  @inlinable @inline(__always)
  var rareBytes: Int { Int((rawValue & 8) / 2 &+ (rawValue & 16) / 4) }

  /// The fields that only some pools keep.
  @inlinable @inline(__always)
  static var rare: ItemFlags { ItemFlags(rawValue: 24) }
}

/// Unchecked access to one item's bytes; valid under the shard's lock.
@usableFromInline
struct ItemPointer {
  @usableFromInline var raw: UnsafeMutableRawPointer
  @inlinable @inline(__always) init(_ raw: UnsafeMutableRawPointer) { self.raw = raw }

  @inlinable @inline(__always) static var headerBytes: Int { 12 }
  @inlinable @inline(__always) static var partHeaderBytes: Int { 20 }

  @inlinable @inline(__always)
  var keyLength: Int {
    get { Int(raw.load(as: UInt8.self)) }
    nonmutating set { raw.storeBytes(of: UInt8(truncatingIfNeeded: newValue), as: UInt8.self) }
  }
  @inlinable @inline(__always)
  var mutations: UInt8 {
    get { raw.load(fromByteOffset: 1, as: UInt8.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 1, as: UInt8.self) }
  }
  @inlinable @inline(__always)
  var flags: ItemFlags {
    get { ItemFlags(rawValue: raw.load(fromByteOffset: 2, as: UInt16.self)) }
    nonmutating set { raw.storeBytes(of: newValue.rawValue, toByteOffset: 2, as: UInt16.self) }
  }
  @inlinable @inline(__always)
  var valueLength: Int {
    get { Int(raw.load(fromByteOffset: 4, as: UInt32.self)) }
    nonmutating set {
      raw.storeBytes(of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 4, as: UInt32.self)
    }
  }
  @inlinable @inline(__always)
  var lastAccess: UInt32 {
    get { raw.load(fromByteOffset: 8, as: UInt32.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: 8, as: UInt32.self) }
  }

  /// Absolute seconds, 0 never.
  @inlinable @inline(__always)
  var expiry: UInt32 {
    flags.contains(.expiry) ? raw.load(fromByteOffset: 12, as: UInt32.self) : 0
  }
  /// Only where the item has the field.
  @inlinable @inline(__always)
  func setExpiry(_ value: UInt32) { raw.storeBytes(of: value, toByteOffset: 12, as: UInt32.self) }

  @inlinable @inline(__always)
  var clientFlags: UInt32 {
    let flags = flags
    if !flags.contains(.clientFlags) { return 0 }
    return raw.load(fromByteOffset: flags.contains(.expiry) ? 16 : 12, as: UInt32.self)
  }
  @inlinable @inline(__always)
  func setClientFlags(_ value: UInt32) {
    raw.storeBytes(of: value, toByteOffset: flags.contains(.expiry) ? 16 : 12, as: UInt32.self)
  }

  /// Seconds of life that the item was given; 0 where it was not kept.
  @usableFromInline
  var life: UInt32 { flags.contains(.life) ? raw.load(fromByteOffset: lifeOffset, as: UInt32.self) : 0 }
  /// Only where the item has the field.
  func setLife(_ value: UInt32) { raw.storeBytes(of: value, toByteOffset: lifeOffset, as: UInt32.self) }
  private var lifeOffset: Int { 12 &+ Int((flags.rawValue & 1) &* 4 &+ (flags.rawValue & 2) &* 2) }

  /// Low half of the generation clock, only where the item has the field.
  @usableFromInline
  var stamp: UInt32 { raw.load(fromByteOffset: stampOffset, as: UInt32.self) }
  /// Only where the item has the field.
  func setStamp(_ value: UInt32) { raw.storeBytes(of: value, toByteOffset: stampOffset, as: UInt32.self) }
  private var stampOffset: Int { lifeOffset &+ (flags.contains(.life) ? 4 : 0) }

  @inlinable @inline(__always)
  var casOffset: Int { 12 &+ flags.optionBytes &- (flags.contains(.explicitCAS) ? 8 : 0) }
  @inlinable @inline(__always)
  var explicitCAS: UInt64 {
    get { raw.loadUnaligned(fromByteOffset: casOffset, as: UInt64.self) }
    nonmutating set { raw.storeBytes(of: newValue, toByteOffset: casOffset, as: UInt64.self) }
  }

  @inlinable @inline(__always)
  var key: UnsafeMutableRawPointer { raw + (12 &+ flags.optionBytes) }
  @inlinable @inline(__always)
  var value: UnsafeMutableRawPointer { raw + (12 &+ flags.optionBytes &+ keyLength) }

  /// Bytes that the value takes in the segment.
  @inlinable @inline(__always)
  var storedValueBytes: Int { flags.contains(.large) ? LargeDescriptor.bytes : valueLength }

  /// Bytes that the item takes in its segment, alignment included.
  @inlinable @inline(__always)
  var size: Int {
    if flags.contains(.part) { return ItemPointer.aligned(ItemPointer.partHeaderBytes &+ valueLength) }
    return ItemPointer.aligned(12 &+ flags.optionBytes &+ keyLength &+ storedValueBytes)
  }

  /// Hash of the owning item's key, in a part.
  @inlinable @inline(__always)
  var partOwner: UInt64 { raw.loadUnaligned(fromByteOffset: 12, as: UInt64.self) }
  @inlinable @inline(__always)
  var partData: UnsafeMutableRawPointer { raw + 20 }

  @inlinable @inline(__always)
  static func aligned(_ n: Int) -> Int { (n &+ 3) & ~3 }

  @inlinable @inline(__always)
  func matches(_ key: Key) -> Bool {
    keyLength == key.count && hearth_equal(self.key, key.start, key.count) != 0
  }
}
