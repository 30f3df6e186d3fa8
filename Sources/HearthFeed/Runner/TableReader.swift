import CHearth
import Glibc
import HearthConfig

/// The thread of a feed that asks queries: rows of incomplete images, lists and joins, loads and sweeps.
final class TableReader {
  /// Bytes of rows that a chunk aims at.
  static let chunkBytes = 4 << 20
  /// Rows that are stored under one hold of the feed's lock.
  static let batchRows = 128

  let feed: DatabaseFeed
  var image = RowImage()
  var effects = RowEffects()
  var pacer: RatePacer
  /// Default database of the connection.
  var database = ""
  /// What the server said last about requeries, by their keys.
  var refused: [String: String] = [:]

  /// What is to be done next.
  enum Work {
    case reread(Reread)
    case requery(RequeryRequest)
    case chunk(FollowedTable)
    case nothing
    case stop
  }

  init(_ feed: DatabaseFeed) {
    self.feed = feed
    pacer = RatePacer(rate: feed.configuration.loadRowsPerSecond)
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
      let connection = try DatabaseConnection.open(DatabaseAddress(server))
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

  private func perform(_ work: Work, _ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    switch work {
    case .stop: break
    case .nothing: feed.monitor.locked { if !feed.isStopping { feed.monitor.wait(milliseconds: 500) } }
    case .reread(let reread):
      do throws(DatabaseError) {
        try perform(reread, connection)
      } catch {
        feed.monitor.locked { feed.rereads.append(reread) }
        throw error
      }
    case .requery(let request): try perform(request, connection)
    case .chunk(let table): try readChunk(table, connection)
    }
  }

  /// The server to ask; nil: the feed ends.
  private func awaitServer() -> DatabaseServer? {
    feed.monitor.locked {
      while !feed.isStopping && !(feed.isConnected && feed.queryAddress != nil) {
        feed.monitor.wait(milliseconds: 1000)
      }
      return feed.isStopping ? nil : feed.queryAddress
    }
  }

  /// What comes first: single rows, then lists, then loads, then sweeps.
  private func next(_ server: DatabaseServer) -> Work {
    feed.monitor.locked {
      // Another server is followed now.
      if feed.isStopping || feed.queryAddress != server { return .stop }
      if !feed.isConnected { return .nothing }
      if !feed.rereads.isEmpty { return .reread(feed.rereads.removeFirst()) }
      if let request = feed.requeries.take() { return .requery(request) }
      let ready = feed.tables.filter { ($0.problem == nil && $0.mapping != nil) || $0.mustBeDefined }
      if let table = ready.first(where: { $0.pass != nil && !$0.isLoaded }) { return .chunk(table) }
      if let table = ready.first(where: { $0.wanted != nil && !$0.isLoaded }) { return .chunk(table) }
      if let table = ready.first(where: { $0.pass != nil || $0.wanted != nil }) { return .chunk(table) }
      return dueSweep(ready).map { .chunk($0) } ?? .nothing
    }
  }

  /// The table whose last reading is longest ago, if it is time.
  private func dueSweep(_ tables: [FollowedTable]) -> FollowedTable? {
    let period = UInt64(feed.configuration.sweep) * 1_000_000_000
    if period == 0 { return nil }
    let now = hearth_monotonic_ns()
    guard let table = tables.min(by: { $0.lastPass < $1.lastPass }), now - table.lastPass >= period else {
      return nil
    }
    table.want(.sweep)
    return table
  }

  /// Waits until the follower has applied everything before the place. False: it lost its connection, or the feed ends.
  func awaitPosition(_ place: BinlogPosition) -> Bool {
    feed.monitor.locked {
      while true {
        if feed.isStopping || !feed.isConnected { return false }
        if let position = feed.position, !position.file.isEmpty, position >= place { return true }
        feed.monitor.wait(milliseconds: 100)
      }
    }
  }
}
