import Glibc

/// What a feed does, for people and monitors.
public struct FeedStatus: Sendable {
  /// What it is at.
  public enum Phase: String, Sendable {
    case connecting
    case loading
    case following
    case stopped
    /// Another node runs it, and this one has copies of its pools.
    case elsewhere
  }

  /// One of its tables.
  public struct Table: Sendable {
    /// `database.table`.
    public var name = ""
    /// Its entries are complete.
    public var isLoaded = false
    /// Rows read by the pass that is under way, or by the last: what the log has added or removed since is not in it.
    public var rows: UInt64 = 0
    /// Why it is not followed, one line; nil: it is.
    public var problem: String?
    /// What the last verification found.
    public var verification = Verification()
  }

  /// A reading of a whole table that compared it with its entries.
  public struct Verification: Sendable, Equatable {
    /// Verifications that have ended.
    public private(set) var count: UInt64 = 0
    /// One is asked for.
    var isWanted = false
    /// Rows that the last one read.
    public private(set) var rows: UInt64 = 0
    /// Entries that were missing or not what their row says.
    public private(set) var differences: UInt64 = 0
    /// Entries without a row.
    public private(set) var vanished: UInt64 = 0

    /// None has been.
    public init() {}

    mutating func note(rows: UInt64, differences: UInt64, vanished: UInt64) {
      count += 1
      (self.rows, self.differences, self.vanished) = (rows, differences, vanished)
    }
  }

  /// Name of the feed.
  public var name = ""
  /// What it is at.
  public var phase = Phase.connecting
  /// Server that is followed.
  public var server = ""
  /// Everything before it is applied.
  public var position = ""
  /// MariaDB's name of the transaction applied last.
  public var gtid = ""
  /// Transactions applied.
  public var transactions: UInt64 = 0
  /// Rows told by the log.
  public var rowEvents: UInt64 = 0
  /// Keys stored and removed.
  public var stored: UInt64 = 0
  /// Keys removed.
  public var removed: UInt64 = 0
  /// Seconds since the commit of the transaction applied last, by both clocks; 0: nothing waits to be applied.
  public var lagSeconds: UInt64 = 0
  /// Bytes of the log that were not applied yet at the last look at the server, a second ago or less; nil: not known.
  public var lagBytes: UInt64?
  /// Transactions that were not; nil: not known, as with MySQL.
  public var lagTransactions: UInt64?
  /// Percent of the load that is under way; 100: none is.
  public var loadPercent = 0
  /// Seconds that the load will take yet; nil: not known.
  public var loadSecondsLeft: UInt64?
  /// Rows read by loads and sweeps.
  public var rowsRead: UInt64 = 0
  /// Sweeps that came to their end.
  public var sweeps: UInt64 = 0
  /// Entries that a sweep found to be wrong, and repaired.
  public var differences: UInt64 = 0
  /// Queries for lists and joins.
  public var requeries: UInt64 = 0
  /// Lists and joins that are still to be asked.
  public var requeriesWaiting = 0
  /// Entries left out, because a row gave no valid key or too large a value.
  public var skipped: UInt64 = 0
  /// Entries that found no room.
  public var outOfMemory: UInt64 = 0
  /// Connections to servers lost or not made.
  public var connectionErrors: UInt64 = 0
  /// The last thing that went wrong, one line; empty: nothing did.
  public var lastError = "" {
    didSet { lastErrorTime = time(nil) }
  }
  private var lastErrorTime: time_t = 0
  /// Seconds since that went wrong; nil: nothing did.
  public var lastErrorAge: UInt64? {
    lastErrorTime == 0 ? nil : UInt64(max(time(nil) - lastErrorTime, 0))
  }
  /// Its tables.
  public var tables: [Table] = []

  /// Of a feed that has not begun.
  public init() {}
}
