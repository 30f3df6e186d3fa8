/// A named set of keys with its own memory and rules.
public struct PoolConfiguration: Sendable, Equatable {
  /// What a pool does when it is full.
  public enum Kind: String, Sendable, CaseIterable {
    /// Evicts: the classic memcached behaviour.
    case cache
    /// Never evicts: a write that does not fit fails.
    case deterministic
  }

  /// The name of the pool that takes every key no other pool claims.
  public static let defaultName = "default"

  /// Most copies of a pool.
  public static let copyLimit = 8

  /// Unique; 1...64 letters, digits, `-`, `_` and `.`.
  public var name: String
  /// Keys that begin with these bytes belong to the pool; the longest matching prefix wins. "" for the default pool
  /// and for a pool that is reached by its listener only.
  public var prefix: String
  /// A TCP port of the pool's own, or nil. Its listeners are in `Configuration.listeners` already.
  public var port: UInt16?
  /// What happens when the pool is full.
  public var kind: Kind
  /// Bytes. For the default pool: what the named pools leave of `Configuration.memory`.
  public var memory: Int
  /// Bytes that one item may take, header included; 1 KiB...1 GiB and at most half the pool's memory.
  public var itemSizeLimit: Int
  /// Seconds; the expiry of an item written with expiry 0. 0: such an item never expires.
  public var ttlDefault: UInt32
  /// Seconds; a longer (or no) expiry is cut to this. 0: no maximum.
  public var ttlMaximum: UInt32
  /// Groups of its keys can be made void at once; costs 4 bytes an item.
  public var keepsGenerations = false
  /// A feed writes into it.
  public var isFed = false
  /// Numbers of the nodes that keep it together, for each copy of it; empty: every node has a pool of its own.
  public var copies: [[Int]] = []
  /// When a write is acknowledged, where there are several copies.
  public var replication = ReplicationConfiguration()
  /// How its readers are protected when a value has to be computed.
  public var herd = HerdConfiguration()

  /// Creates a pool; the defaults are those of a cache pool without TTL rules.
  public init(
    name: String, prefix: String = "", port: UInt16? = nil, kind: Kind = .cache, memory: Int,
    itemSizeLimit: Int = 1 << 20, ttlDefault: UInt32 = 0, ttlMaximum: UInt32 = 0
  ) {
    self.name = name
    self.prefix = prefix
    self.port = port
    self.kind = kind
    self.memory = memory
    self.itemSizeLimit = itemSizeLimit
    self.ttlDefault = ttlDefault
    self.ttlMaximum = ttlMaximum
  }
}
