/// What a request asks for. One case per command of the text protocols; a multiget is one request per key.
public enum Verb: UInt8, Sendable {
  // Classic retrieval: one request per key, `isLastKey` on the last one of the line.
  case get, gets, gat, gats
  // Classic storage: the data block is at `data`, or still to come when `bodyFollows`.
  case set, add, replace, append, prepend, cas
  // Classic, one key, no data block.
  case incr, decr, touch, delete
  // Meta commands; `flags` is the span of flag tokens behind the key (and length).
  case metaNoop, metaGet, metaSet, metaDelete, metaArithmetic, metaDebug
  // Everything else: `arguments` spans the rest of the line behind the command word.
  case stats, flushAll, version, verbosity, quit, shutdown, cacheMemlimit
  case slabs, lru, lruCrawler, extstore, refreshCerts, watch
  /// `metadump` and `mgdump` are sub-commands of lruCrawler; a bare `mgdump` is its own word.
  case mgdump
  /// Not a command: the line was wrong. `error` tells the reply.
  case protocolError
}
