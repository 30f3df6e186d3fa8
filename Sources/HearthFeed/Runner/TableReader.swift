import CHearth
import Glibc
import HearthConfig

/// The thread of a feed that asks queries: rows of incomplete images, lists and joins, loads and sweeps.
final class TableReader {
  /// Bytes of rows that a chunk aims at.
  static let chunkBytes = 4 << 20
  /// Rows that are stored under one hold of the feed's lock.
  static let batchRows = 128
  /// Lists that are asked in one view.
  static let batchRequeries = 32

  let feed: DatabaseFeed
  var image = RowImage()
  var effects = RowEffects()
  var pacer: RatePacer
  /// How often it was asked for prepared transactions in vain.
  var attemptsForXA = 0
  /// No chunk is read before, nanoseconds: rows and lists that are asked for do not wait for that.
  var nextChunk: UInt64 = 0
  /// Lists have their turn before chunks.
  private var asksNext = false
  /// Default database of the connection.
  var database = ""
  /// The server that it asks; nil: none is connected.
  var server: QueryServer?
  /// When it began to wait for the follower and the server it asks to agree, nanoseconds; nil: it does not.
  var disagreement: UInt64?
  /// When the next chunk of a sweep is due, nanoseconds.
  var nextSweepChunk: UInt64 = 0
  /// What the server said last about requeries, by their keys.
  var refused: [String: String] = [:]

  /// What is to be done next.
  enum Work {
    case reread([Reread])
    case requery([RequeryRequest])
    case chunk(FollowedTable)
    case preview(PreviewQueue.Request)
    case nothing
    case stop
  }

  init(_ feed: DatabaseFeed) {
    self.feed = feed
    pacer = RatePacer(rate: feed.configuration.loadRowsPerSecond)
  }

  /// Rows that the rate allows in a tenth of a second: single rows and lists wait for a chunk's end.
  static func longest(_ configuration: DatabaseFeedConfiguration) -> Int {
    let rate = configuration.loadRowsPerSecond
    return rate == 0 ? Int.max : max(rate / 10, 1)
  }

  /// Works until the feed is stopped.
  func run() {
    var backoff = Backoff()
    var told = ""
    while !(feed.monitor.locked { feed.isStopping }) {
      do throws(FeedError) {
        try work(&backoff)
      } catch {
        let isStopping = feed.monitor.locked {
          feed.status.connectionErrors += 1
          feed.status.lastError = error.description
          return feed.isStopping
        }
        if isStopping { return }
        if error.description != told { feed.tell(error.description) }
        told = error.description
      }
      if !feed.pause(milliseconds: backoff.pause()) { return }
    }
  }

  /// With one connection, as long as it lasts.
  private func work(_ backoff: inout Backoff) throws(FeedError) {
    guard let server = awaitServer() else { return }
    do throws(DatabaseError) {
      let address = feed.configuration.queryFrom ?? server.address
      let connection = try DatabaseConnection.open(DatabaseAddress(address))
      try look(at: address, server, connection)
      let socket = connection.socket
      database = ""
      feed.monitor.locked { feed.sockets.append(socket) }
      defer { feed.monitor.locked { feed.sockets.removeAll { $0 == socket } } }
      while true {
        let work = next(server)
        if case .stop = work { return }
        do throws(DatabaseError) {
          try perform(work, connection)
        } catch {
          if !error.isPassing { throw error }
          try Snapshot.end(connection)
          _ = feed.pause(milliseconds: 20)
        }
        backoff.reset()
      }
    } catch {
      throw FeedError(error)
    }
  }

  /// Finds out whom it asks.
  private func look(
    at address: DatabaseServer, _ followed: QueryServer, _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) {
    server = followed
    guard feed.configuration.queryFrom != nil else { return }
    let report = try ServerReport(connection)
    guard report.kind == .mariaDB, followed.kind == .mariaDB else {
      throw DatabaseError("query_from: both servers must be MariaDB, whose GTIDs have an order")
    }
    server = QueryServer(address: address, kind: report.kind, isFollowed: false)
  }

  private func perform(_ work: Work, _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    switch work {
    case .stop: break
    case .nothing: break
    case .reread(let rereads): try perform(rereads, connection)
    case .requery(let requests): try perform(requests, connection)
    case .preview(let request): try perform(request, connection)
    case .chunk(let table): try readChunk(table, connection)
    }
  }

  /// The server to ask; nil: the feed ends.
  private func awaitServer() -> QueryServer? {
    feed.monitor.locked {
      while !feed.isStopping && !(feed.isConnected && feed.followed != nil) {
        feed.monitor.wait(milliseconds: 1000)
      }
      return feed.isStopping ? nil : feed.followed
    }
  }

  /// The next thing to do; nothing after a rest.
  private func next(_ server: QueryServer) -> Work {
    feed.monitor.locked {
      feed.noteReader(isAsking: false)
      let work = choose(server)
      switch work {
      case .reread, .requery: feed.noteReader(isAsking: true)
      default: break
      }
      if case .nothing = work {
        let now = hearth_monotonic_ns()
        let due = [nextChunk, nextSweepChunk].filter { $0 > now }.min() ?? UInt64.max
        feed.monitor.wait(milliseconds: Int(min((due - now) / 1_000_000 + 1, 500)))
      }
      return work
    }
  }

  /// What comes first: single rows, then lists, then loads, then sweeps. Under the lock.
  private func choose(_ server: QueryServer) -> Work {
    // Another server is followed now.
    if feed.isStopping || feed.followed != server { return .stop }
    // What is applied in part may be older in a view, which could not be told.
    if !feed.isConnected || feed.isInMidTransaction { return .nothing }
    if let request = feed.previews.take() { return .preview(request) }
    if !feed.rereads.isEmpty {
      let first = feed.rereads.prefix(Self.batchRows)
      // A row cannot be read by columns that are not there any more.
      if let changed = first.first(where: { feed.tables[$0.table].mustBeDefined }) {
        return .chunk(feed.tables[changed.table])
      }
      feed.rereads.removeFirst(first.count)
      return .reread(Array(first))
    }
    let ready = feed.tables.filter { ($0.problem == nil && $0.mapping != nil) || $0.mustBeDefined }
    let isDue = hearth_monotonic_ns() >= nextChunk
    // Slow statements must not keep tables from being loaded: they take turns.
    asksNext = !asksNext || !isDue || !ready.contains { $0.isHurried }
    if asksNext {
      let requests = feed.requeries.take(Self.batchRequeries)
      if !requests.isEmpty { return .requery(requests) }
    }
    if !isDue { return .nothing }
    if let table = ready.first(where: { $0.pass != nil && !$0.isLoaded }) { return .chunk(table) }
    if let table = ready.first(where: { $0.wanted != nil && !$0.isLoaded }) { return .chunk(table) }
    if let table = ready.first(where: { $0.isHurried }) { return .chunk(table) }
    return nextSweep(ready)
  }

  /// A consistent view that has all of `applied`, once the log is applied as far as the view goes; nil: there is none now. `Snapshot.end`
  /// follows in any case.
  func view(
    since applied: AppliedLog, _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) -> TableView? {
    guard let server else { return nil }
    let view = try Snapshot.begin(connection, server, since: applied)
    if let view, awaitLog(view) {
      disagreement = nil
      return view
    }
    complain(server)
    return nil
  }

  /// Waits until the follower has come to the view. False: it lost its connection, or takes too long, or the feed ends.
  private func awaitLog(_ view: TableView) -> Bool {
    feed.monitor.locked {
      for _ in 0..<100 {
        if feed.isStopping || !feed.isConnected { return false }
        if let applied = feed.applied, view.isReached(by: applied) { return true }
        feed.isReaderWaiting = true
        feed.monitor.wait(milliseconds: 100)
        feed.isReaderWaiting = false
      }
      return false
    }
  }

  /// A server that will never see what the log tells, or tells of what the log has not, would be asked for ever in silence.
  private func complain(_ server: QueryServer) {
    let now = hearth_monotonic_ns()
    guard let began = disagreement else {
      disagreement = now
      return
    }
    if now - began < 30_000_000_000 { return }
    disagreement = now
    let line =
      server.isFollowed
      ? "the log does not come as far as the tables of \(server.address.place)"
      : "the tables of \(server.address.place) and the log do not agree: is it the source's own source, or a replica of it that "
        + "writes its binlog (log_slave_updates)?"
    feed.monitor.locked { feed.status.lastError = line }
    feed.tell(line)
  }
}
