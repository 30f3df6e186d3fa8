import CHearth
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// `stats [what [arguments]]`. The beginning of a word is enough, as in memcached.
  static func statistics(_ w: WorkerPointer, _ s: UnsafeMutablePointer<Session>, _ arguments: TokenCursor) {
    var rest = arguments
    let server = w.pointee.server
    guard let what = rest.next() else { return send(w, GeneralStatistics.write(w)) }
    if what.abbreviates("reset") {
      let sums = StatisticsBaseline(summing: server)
      ServerState.locked(server) { server.pointee.baseline = sums }
      ServerState.withPrefixes(server) { $0.removeAll() }
      answer(w, "RESET\r\n")
    } else if what.abbreviates("detail") {
      detail(w, rest.next())
    } else if what.abbreviates("settings") {
      send(w, SettingsStatistics.write(w))
    } else if what.abbreviates("cachedump") {
      cachedump(w, rest)
    } else if what.abbreviates("conns") {
      send(w, ConnectionStatistics.write(w))
    } else if what.equals("items") {
      send(w, PoolStatisticsText.items(w))
    } else if what.equals("slabs") {
      send(w, PoolStatisticsText.slabs(w))
    } else if what.equals("sizes") {
      var writer = StatisticsWriter()
      writer.add("sizes_status", "disabled")
      send(w, writer)
    } else if what.equals("pools") {
      send(w, PoolStatisticsText.pools(w))
    } else if what.equals("feeds") {
      send(w, FeedStatistics.write(w))
    } else if what.equals("cluster") {
      send(w, ClusterStatistics.write(w))
    } else if what.equals("herd") {
      send(w, HerdStatistics.write(w))
    } else if what.equals("latency") {
      send(w, LatencyStatistics.write(w))
    } else if what.equals("mutex") {
      send(w, MutexStatistics.write(w))
    } else {
      answer(w, "ERROR\r\n")
    }
  }

  /// Sends the lines and END.
  private static func send(_ w: WorkerPointer, _ writer: StatisticsWriter) {
    writer.bytes.withUnsafeBytes { write(w, $0) }
    answer(w, "END\r\n")
  }

  private static func detail(_ w: WorkerPointer, _ argument: TokenCursor.Token?) {
    let server = w.pointee.server
    if ServerState.locked(server, { server.pointee.configuration.dumpDisabled }) {
      return answer(w, "CLIENT_ERROR stats detail not allowed\r\n")
    }
    guard let argument else { return answer(w, "CLIENT_ERROR usage: stats detail on|off|dump\r\n") }
    if argument.equals("on") || argument.equals("off") {
      hearth_atomic_store64(&server.pointee.detail, argument.equals("on") ? 1 : 0)
      w.pointee.detail = argument.equals("on")
      answer(w, "OK\r\n")
    } else if argument.equals("dump") {
      let writer = ServerState.withPrefixes(server) { $0 }.dump()
      writer.bytes.withUnsafeBytes { write(w, $0) }
    } else {
      answer(w, "CLIENT_ERROR usage: stats detail on|off|dump\r\n")
    }
  }

  /// `stats cachedump class limit`: `ITEM key [bytes b; expiry s]` lines; at most 2 MiB of them, as memcached.
  private static func cachedump(_ w: WorkerPointer, _ arguments: TokenCursor) {
    let server = w.pointee.server
    if ServerState.locked(server, { server.pointee.configuration.dumpDisabled }) {
      return answer(w, "CLIENT_ERROR stats cachedump not allowed\r\n")
    }
    var rest = arguments
    if rest.count < 2 { return answer(w, "CLIENT_ERROR bad command line\r\n") }
    guard let id = rest.next()?.uint32, let limit = rest.next()?.uint32 else {
      return answer(w, "CLIENT_ERROR bad command line format\r\n")
    }
    if id > 63 { return answer(w, "CLIENT_ERROR Illegal slab id\r\n") }
    var writer = StatisticsWriter()
    var left = limit == 0 ? Int.max : Int(limit)
    for i in 0..<w.pointee.pools.count where id == 1 {
      var cursor = WalkCursor()
      var more = true
      while more && left > 0 && writer.bytes.count < 2 << 20 {
        more = w.pointee.pools.pools[i].pool.walk(&cursor, now: w.pointee.now) { item, _ in
          if left == 0 || item.isBinaryKey { return }
          left -= 1
          let key = String(decoding: item.key, as: UTF8.self)
          writer.line("ITEM \(key) [\(item.valueLength) b; \(item.expiry) s]")
        }
      }
    }
    send(w, writer)
  }
}
