/// One setting that can change while the daemon runs, with its new value.
public enum ConfigurationChange: Sendable, Equatable {
  /// `verbosity`.
  case verbosity(Int)
  /// `connection_limit`.
  case connectionLimit(Int)
  /// `idle_timeout`, in seconds.
  case idleTimeout(Int)
  /// `memory`: the bytes for everything.
  case memory(Int)
  /// A pool's memory in bytes, named or default; `pool` is an index in `Configuration.pools`.
  case poolMemory(pool: Int, name: String, bytes: Int)
  /// A pool's item size limit in bytes.
  case poolItemSizeLimit(pool: Int, name: String, bytes: Int)
  /// How a pool protects its readers.
  case poolHerd(pool: Int, name: String, HerdConfiguration)
  /// A pool's TTL rules in seconds.
  case poolTTL(pool: Int, name: String, default: UInt32, maximum: UInt32)
  /// The map that the cluster is to have: nodes, weights, and for each pool its copies.
  case map(ClusterConfiguration, copies: [[[Int]]])
  /// What becomes of waiters at the mutex port.
  case mutexMode(MutexConfiguration.Mode)
  /// How long a peer of the mutex port may own a key, in milliseconds.
  case mutexTimeOut(milliseconds: Int)
  /// Connections to the mutex port at once.
  case mutexConnectionLimit(Int)
  /// Most waiters for one key at the mutex port.
  case mutexWaiterLimit(Int)
}

extension ConfigurationChange: CustomStringConvertible {
  /// What is in force now, for the log: `pool sessions: memory is 64 MiB now`.
  public var description: String {
    switch self {
    case .verbosity(let level): "verbosity is \(level) now"
    case .connectionLimit(let limit): "connection_limit is \(limit) now"
    case .idleTimeout(let seconds): "idle_timeout is \(seconds) s now"
    case .memory(let bytes):
      "memory is \(Quantity.bytes(bytes)) now, "
        + "\(Quantity.bytes(Configuration.connectionBufferMemory(of: bytes))) of it for connections' buffers"
    case .poolMemory(_, let name, let bytes): "pool \(name): memory is \(Quantity.bytes(bytes)) now"
    case .poolItemSizeLimit(_, let name, let bytes):
      "pool \(name): item_size_limit is \(Quantity.bytes(bytes)) now"
    case .poolHerd(_, let name, let herd): "pool \(name): herd protection is \(herd) now"
    case .poolTTL(_, let name, let preset, let maximum):
      "pool \(name): ttl_default is \(preset) s, ttl_maximum \(maximum) s now"
    case .map:
      "cluster: the map of the file is another one now; the cluster keeps its own until hearthctl rebalance"
    case .mutexMode(let mode): "mutex.mode is \(mode.rawValue) now"
    case .mutexTimeOut(let milliseconds): "mutex.time_out is \(Quantity.writtenDuration(milliseconds)) now"
    case .mutexConnectionLimit(let limit): "mutex.connection_limit is \(limit) now"
    case .mutexWaiterLimit(let limit): "mutex.waiter_limit is \(limit) now"
    }
  }
}
