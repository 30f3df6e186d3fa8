/// A feed that follows the binlog of a MySQL or MariaDB server.
public struct DatabaseFeedConfiguration: Sendable, Equatable {
  /// What readers get while tables are loaded again because the server has purged the log.
  public enum Reload: String, Sendable, CaseIterable {
    /// The entries of before, until they are overwritten.
    case serve
    /// An error, as during the first load.
    case refuse
  }

  /// Most servers in `sources`.
  public static let sourceLimit = 16
  /// Most tables.
  public static let tableLimit = 1000

  /// The servers that can be followed, the preferred first. Never empty.
  public var sources: [DatabaseServer]
  /// The server that is asked for rows where the source stores none (BLACKHOLE); nil: the source itself.
  public var queryFrom: DatabaseServer?
  /// By which the server knows this replica, 1...4294967295; see `presetServerID`.
  public var serverID: UInt32
  /// Absolute path of the file in which the position is kept; nil: every start loads.
  public var checkpoint: String?
  /// 0: as fast as it goes.
  public var loadRowsPerSecond = 200_000
  /// Rows that are read in one consistent view, 1...1,000,000.
  public var chunkRows = 10_000
  /// Seconds in which all tables are read once more; 0: never.
  public var sweep = 6 * 3600
  /// What readers get meanwhile.
  public var whileReloading = Reload.serve
  /// What is followed. Never empty, each table once.
  public var tables: [TableConfiguration]

  /// The defaults for these tables of these servers.
  public init(sources: [DatabaseServer], serverID: UInt32, tables: [TableConfiguration]) {
    self.sources = sources
    self.serverID = serverID
    self.tables = tables
  }

  /// The id of a feed that is given none: FNV-1a (32 bits) of the machine's name, a zero byte and the feed's name, with
  /// the highest bit set, where nobody numbers servers by hand. The same at every start, and another one for each
  /// feed and each machine; two daemons on one machine that follow one server need ids of their own.
  public static func presetServerID(machine: String, feed: String) -> UInt32 {
    var hash: UInt32 = 0x811c_9dc5
    for byte in Array(machine.utf8) + [0] + Array(feed.utf8) {
      hash = (hash ^ UInt32(byte)) &* 0x0100_0193
    }
    return hash | 1 << 31
  }
}
