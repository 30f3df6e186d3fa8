import CHearth
import HearthConfig
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// `verbosity level [noreply]`.
  static func verbosity(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ arguments: TokenCursor) {
    var rest = arguments
    guard let first = rest.next() else { return answer(w, op, "ERROR\r\n") }
    guard let level = first.uint32 else {
      return answer(w, op, "CLIENT_ERROR bad command line format\r\n")
    }
    hearth_atomic_store64(&w.pointee.server.pointee.verbosity, UInt64(min(level, 3)))
    answer(w, op, "OK\r\n")
  }

  /// `cache_memlimit mebibytes [noreply]`: the memory for everything; the default pool and the buffers follow.
  static func cacheMemlimit(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ arguments: TokenCursor
  ) {
    var rest = arguments
    guard let limit = rest.next()?.uint32 else { return answer(w, op, "ERROR\r\n") }
    if limit < 8 {
      return answer(w, op, "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n")
    }
    if limit > 1_000_000_000 {
      return answer(w, op, "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n")
    }
    let server = w.pointee.server
    let reached = MemoryDivision.exclusively { () -> Bool in
      let old = ServerState.locked(server) { server.pointee.configuration }
      // The others keep theirs: what is given is the whole, as with -m.
      var new = old
      new.memory = Int(limit) << 20
      new.pools[0].memory += new.memory - old.memory
      let division = MemoryDivision(new)
      guard new.memory <= old.maximumMemory, division.isPossible else { return false }
      if division.apply(server) != division {
        MemoryDivision(old).apply(server)
        return false
      }
      ServerState.locked(server) { division.note(in: &server.pointee.configuration) }
      return true
    }
    let failed: StaticString = "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n"
    answer(w, op, reached ? "OK\r\n" : failed)
  }

  /// `shutdown [graceful]`, if the daemon was started with -A.
  static func shutdown(_ w: WorkerPointer, _ c: ConnectionPointer?, _ arguments: TokenCursor) {
    let server = w.pointee.server
    if !ServerState.locked(server, { server.pointee.configuration.shutdownEnabled }) {
      return answer(w, "SERVER_ERROR: shutdown not enabled\r\n")
    }
    var rest = arguments
    let mode = rest.next()
    if let mode, !mode.equals("graceful") || rest.next() != nil {
      return answer(w, "CLIENT_ERROR invalid shutdown mode\r\n")
    }
    server.pointee.shutdown(mode != nil)
    if let c {
      flushReplies(w)
      Connection.closeWhenDrained(c)
    }
  }

  /// `slabs reassign|automove`: there are no slab classes to move; tools that try it are content.
  static func slabs(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ arguments: TokenCursor) {
    var rest = arguments
    let known = rest.next().map { $0.equals("reassign") || $0.equals("automove") } ?? false
    answer(w, op, known && rest.count > 0 ? "OK\r\n" : "ERROR\r\n")
  }

  /// `lru tune|mode|temp_ttl`.
  static func lru(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ arguments: TokenCursor) {
    var rest = arguments
    let known =
      rest.next().map { $0.equals("tune") || $0.equals("mode") || $0.equals("temp_ttl") } ?? false
    answer(w, op, known && rest.count > 0 ? "OK\r\n" : "ERROR\r\n")
  }

  /// `lru_crawler metadump|mgdump all|hash`, and settings that have no meaning here.
  static func lruCrawler(
    _ w: WorkerPointer, _ c: ConnectionPointer?, _ s: UnsafeMutablePointer<Session>,
    _ op: UnsafeMutablePointer<Operation>, _ arguments: TokenCursor
  ) {
    var rest = arguments
    guard let command = rest.next() else { return answer(w, op, "ERROR\r\n") }
    let argument = rest.next()
    if command.equals("metadump") || command.equals("mgdump") {
      guard let argument else { return answer(w, op, "ERROR\r\n") }
      if !argument.equals("all") && !argument.equals("hash") && argument.uint32 != 1 {
        return answer(w, op, "BADCLASS invalid class id\r\n")
      }
      return dump(w, c, s, command.equals("metadump") ? .metadata : .metaGet)
    }
    if command.equals("enable") || command.equals("disable") { return answer(w, op, "OK\r\n") }
    guard let argument else { return answer(w, op, "ERROR\r\n") }
    if command.equals("crawl") {
      let known = argument.equals("all") || argument.uint32 == 1
      answer(w, op, known ? "OK\r\n" : "BADCLASS invalid class id\r\n")
    } else if command.equals("tocrawl") || command.equals("sleep") {
      let bad: StaticString = "CLIENT_ERROR bad command line format\r\n"
      answer(w, op, argument.uint32 == nil ? bad : "OK\r\n")
    } else {
      answer(w, op, "ERROR\r\n")
    }
  }

  static func dump(
    _ w: WorkerPointer, _ c: ConnectionPointer?, _ s: UnsafeMutablePointer<Session>, _ format: KeyDump.Format
  ) {
    let server = w.pointee.server
    if ServerState.locked(server, { server.pointee.configuration.dumpDisabled }) {
      return answer(
        w, format == .metadata ? "ERROR metadump not allowed\r\n" : "ERROR key dump not allowed\r\n")
    }
    guard let c else { return answer(w, "SERVER_ERROR reply too large for UDP\r\n") }
    KeyDump.begin(w, c, s, format)
  }
}
