/// Everything the daemon needs to know to start: the defaults, the YAML file and the command line in one validated
/// value. `Invocation.parse` makes it; a value made by hand is not checked.
public struct Configuration: Sendable, Equatable {
  /// Where clients connect, pools' own ports included. Never empty after `Invocation.parse`.
  public var listeners: [Listener] = [.tcp(address: "127.0.0.1", port: 11211, pool: nil)]
  /// Where the HTTP interface for operators listens (`--admin`); nil is off.
  public var admin: AdminListener?
  /// Set SO_REUSEPORT on TCP and UDP sockets.
  public var reusePort = false
  /// Connections the kernel holds before they are accepted (`-b`), 1...65535.
  public var backlog = 1024
  /// Worker threads (`-t`), 1...64.
  public var threads = 4
  /// Connections at once (`-c`), 1...1,000,000.
  public var connectionLimit = 1024
  /// Seconds without a request until a connection is closed (`-o idle_timeout`); 0: never.
  public var idleTimeout = 0
  /// Requests of one connection before the others get their turn (`-R`), at least 1.
  public var requestsPerEvent = 20
  /// 0...3 (`-v`, `-vv`, `-vvv`).
  public var verbosity = 0
  /// `-B`.
  public var bindingProtocol = BindingProtocol.auto

  /// Bytes for everything: all pools and the connections' buffers (`-m`), at least 8 MiB.
  public var memory = 64 << 20
  /// Bytes; the largest memory limit that can be reached without a restart. Only address space is reserved for it.
  public var maximumMemory = 1 << 30
  /// Nobody chose `maximumMemory`: it follows from the memory limit at the start.
  public var hasPresetMaximum = true
  /// Bytes; the item size limit of pools that give none of their own (`-I`), 1 KiB...1 GiB.
  public var itemSizeLimit = 1 << 20
  /// The default pool first, then the others in the order of the file.
  public var pools: [PoolConfiguration] = [
    PoolConfiguration(name: PoolConfiguration.defaultName, memory: 64 << 20)
  ]

  /// Keys that begin so are the counters of groups, where a pool keeps generations; "": clients have none.
  public var generationPrefix = "gen/"
  /// The byte that ends a group's name within a key.
  public var generationDelimiter = UInt8(ascii: ":")

  /// The side port for clients of the KeyedMutex protocol; nil: there is none.
  public var mutex: MutexConfiguration?

  /// The nodes that keep pools together; nil: this is the only one.
  public var cluster: ClusterConfiguration?

  /// What fills pools by itself.
  public var feeds: [FeedConfiguration] = []

  /// The default pool does not evict (`-M`): it is deterministic.
  public var evictionsDisabled: Bool { pools[0].kind == .deterministic }
  /// No CAS values are kept (`-C`).
  public var casDisabled = false
  /// `flush_all` is refused (`-F`).
  public var flushDisabled = false
  /// Key dumps are refused: `stats cachedump`, `stats detail`, `lru_crawler metadump` and `mgdump` (`-X`).
  public var dumpDisabled = false
  /// The `shutdown` command works (`-A`).
  public var shutdownEnabled = false
  /// Lock all memory with mlockall (`-k`).
  public var lockMemory = false
  /// The account to run as when started by root (`-u`).
  public var user: String?
  /// Where to write the process id (`-P`).
  public var pidFile: String?
  /// Detach from the terminal (`-d`).
  public var daemonize = false
  /// Raise the core file limit (`-r`).
  public var coreFiles = false
  /// The byte that ends a key's prefix in `stats detail` (`-D`).
  public var statisticsDelimiter = UInt8(ascii: ":")
  /// Count per prefix from the start (`-D`, `stats detail on`).
  public var detailStatistics = false

  /// The defaults: memcached's, on loopback.
  public init() {}

  /// `maximumMemory` where none is given: four times the memory, at least 1 GiB.
  static func presetMaximum(memory: Int) -> Int { max(4 * memory, 1 << 30) }

  /// Bytes of `memory` that connections may hold in buffers: a sixteenth, at least 4 MiB. The server takes them out
  /// of the default pool's share.
  public var connectionBufferMemory: Int { Self.connectionBufferMemory(of: memory) }

  static func connectionBufferMemory(of memory: Int) -> Int { max(4 << 20, memory / 16) }
}
