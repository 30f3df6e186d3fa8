import CHearth
import Glibc
import HearthConfig

/// The thread of a feed that receives the log. Applies whole transactions at their end.
final class Follower {
  /// A transaction with more bytes of keys and values is applied in parts: the log holds only what is committed.
  static let partBytes = 16 << 20

  let feed: DatabaseFeed
  var decoder = BinlogDecoder()
  var before = RowImage()
  var after = RowImage()
  /// What the transaction under way does.
  var effects = RowEffects()
  /// Rows of it that have to be read again.
  var rereads: [(table: Int, generation: Int, key: [String])] = []
  /// Tables of it that cannot be told from what came: they are read again when it ends.
  var doubtful: Set<Int> = []
  /// Prepared transactions, until they are committed or rolled back.
  var prepared = PreparedTransactions()
  /// Tables that the transaction under way has announced without a row since: what foreign keys do to them is not told.
  var announced: Set<Int> = []
  /// What the transaction does to rows of any table.
  var changes = Cascades()
  /// Tables of it, with the generations of the mappings that were used.
  var generations: [Int: Int] = [:]
  /// Name of the transaction under way.
  var gtid: MariaDBGTID?
  var mysqlGTID: MySQLGTID?
  /// The next statement ends its transaction by itself.
  var isStandalone = false
  var isInTransaction = false
  /// Of the connection that the log comes through.
  var socket: Int32 = -1
  /// For each followed table what reads its rows: made for a table map and a definition.
  var readers: [Int: CachedReader] = [:]
  /// Seconds of the server's clock since 1970 in the last event.
  var eventTime: UInt32 = 0
  var rowCount: UInt64 = 0

  struct CachedReader {
    let reader: RowReader
    let mapping: TableMapping
    let generation: Int
  }

  init(_ feed: DatabaseFeed) { self.feed = feed }

  /// Follows until the feed is stopped.
  func run() {
    var backoff = Backoff()
    var told = ""
    while !(feed.monitor.locked { feed.isStopping }) {
      do throws(FeedError) {
        try follow(&backoff)
      } catch {
        let line = error.description
        let isStopping = feed.monitor.locked {
          feed.isConnected = false
          feed.sockets.removeAll { $0 == socket }
          feed.status.lastError = line
          feed.status.connectionErrors += 1
          if error.remedy == .reload, !feed.isStopping {
            feed.applied = nil
            feed.reloadAll()
          }
          return feed.isStopping
        }
        if isStopping { return }
        // The same trouble is told once, not every few seconds for a night.
        if line != told { feed.tell(line + (error.remedy == .reload ? "; loading the tables again" : "")) }
        told = line
      }
      if !feed.pause(milliseconds: backoff.pause()) { return }
    }
  }

  /// Follows the first server that can be; returns or throws when the connection has ended.
  private func follow(_ backoff: inout Backoff) throws(FeedError) {
    var last = FeedError(.reconnect, "no server")
    for source in feed.configuration.sources {
      if feed.monitor.locked({ feed.isStopping }) { return }
      do throws(FeedError) {
        let session = try open(source)
        return try receive(session, &backoff)
      } catch {
        if error.remedy != .reconnect || feed.monitor.locked({ feed.isConnected }) { throw error }
        last = error
      }
    }
    throw last
  }

  /// Connects to a server, makes sure that it can be followed, and asks for its log.
  private func open(_ source: DatabaseServer) throws(FeedError) -> BinlogConnection {
    do throws(DatabaseError) {
      let address = try DatabaseAddress(source)
      let control = try DatabaseConnection.open(address)
      let report = try ServerReport(control)
      let obstacles = report.obstacles(replicaID: feed.configuration.serverID)
      if !obstacles.isEmpty {
        throw DatabaseError("\(source.place) cannot be followed: \(obstacles.joined(separator: "; "))")
      }
      let start = try place(report, control)
      let followed = QueryServer(address: source, kind: report.kind, isFollowed: true)
      let stream = try BinlogConnection.open(
        address, server: report.kind, serverID: feed.configuration.serverID, from: start.from)
      try read(definitions: report, source)
      decoder = BinlogDecoder(at: start.applied.position)
      forgetTransaction()
      readers = [:]
      socket = stream.socket
      feed.monitor.locked {
        feed.isConnected = true
        feed.hasFullImages = report.hasFullImages
        feed.applied = start.applied
        feed.forgetParts()
        feed.serverID = report.serverID
        feed.followed = followed
        feed.sockets.append(socket)
        feed.status.server = "\(source.place) (\(report.version))"
        if feed.progress == nil { feed.beginProgress() }
        feed.announceReadiness()
      }
      feed.monitor.wakeAll()
      feed.tell("following \(source.place) (\(report.version)) from \(start.from)")
      for hint in report.hints { feed.tell("\(source.place): \(hint)") }
      return stream
    } catch {
      throw FeedError(error)
    }
  }

  /// Where to go on: where this feed was on this server; on another server after the transactions that it has; else at the
  /// end of the log, with a load of everything.
  private func place(
    _ report: ServerReport, _ control: borrowing DatabaseConnection
  ) throws(DatabaseError) -> (from: BinlogConnection.Start, applied: AppliedLog) {
    let (known, serverID) = feed.monitor.locked { (feed.applied, feed.serverID) }
    if let known {
      if serverID == report.serverID, !known.position.file.isEmpty {
        return (.position(known.position), known)
      }
      if report.kind == .mariaDB, !known.gtids.isEmpty {
        let unknown = BinlogPosition(file: "", offset: 4)
        return (.gtid(known.gtids.description), AppliedLog(position: unknown, gtids: known.gtids))
      }
      if report.kind == .mySQL, !known.names.isEmpty, !known.names.hasTags {
        let unknown = BinlogPosition(file: "", offset: 4)
        return (.gtidSet(known.names), AppliedLog(position: unknown, names: known.names))
      }
      feed.tell("another server, and no GTIDs to go on with: loading the tables again")
      feed.monitor.locked { feed.reloadAll() }
    }
    let end = try Snapshot.end(of: control, report.kind)
    return (.position(end.position), end)
  }

  /// Reads the schema of all tables, and compiles their mappings.
  private func read(definitions report: ServerReport, _ source: DatabaseServer) throws(DatabaseError) {
    let connection = try DatabaseConnection.open(DatabaseAddress(feed.configuration.queryFrom ?? source))
    for table in feed.tables {
      try feed.define(table, connection, hasFullImages: report.hasFullImages)
    }
  }

  private func receive(_ session: consuming BinlogConnection, _ backoff: inout Backoff) throws(FeedError) {
    do {
      while true {
        if feed.monitor.locked({ feed.isStopping }) { return }
        guard let packet = try session.next() else {
          throw FeedError(.reconnect, "the server ended the binlog")
        }
        try take(packet)
        if !isInTransaction {
          backoff.reset()
          feed.writeCheckpoint(now: hearth_monotonic_ns())
        }
      }
    } catch let error as DatabaseError {
      throw FeedError(error)
    } catch let error as BinlogError {
      throw FeedError(error)
    } catch {
      throw error as? FeedError ?? FeedError(.reconnect, "\(error)")
    }
  }

  /// One packet of the log, all of it.
  func take(_ packet: UnsafeRawBufferPointer) throws(BinlogError) {
    decoder.begin(packet)
    while let event = try decoder.next() { handle(event) }
  }

  func forgetTransaction() {
    effects.removeAll()
    rereads.removeAll()
    doubtful.removeAll()
    announced.removeAll()
    changes = Cascades()
    generations.removeAll(keepingCapacity: true)
    gtid = nil
    mysqlGTID = nil
    isStandalone = false
    isInTransaction = false
    rowCount = 0
  }
}
