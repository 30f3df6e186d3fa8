import CHearth
import HearthCluster
import HearthConfig
import HearthNet
import HearthProtocol
import HearthStorage

extension Worker {
  /// `flush_all [delay] [noreply]`: all pools, or the one that the connection's listener belongs to.
  static func flushAll(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>,
    _ arguments: TokenCursor
  ) {
    w.pointee.counters.commandFlush &+= 1
    let server = w.pointee.server
    if ServerState.locked(server, { server.pointee.configuration.flushDisabled }) {
      return answer(w, op, "CLIENT_ERROR flush_all not allowed\r\n")
    }
    var rest = arguments
    var delay: Int32 = 0
    if arguments.count != (op.pointee.request.noReply ? 1 : 0) {
      guard let given = rest.next()?.int32 else {
        return answer(w, op, "CLIENT_ERROR invalid exptime argument\r\n")
      }
      delay = given
    }
    let now = w.pointee.now
    // A delay is read as an exptime: beyond 30 days it is a point in time, negative is at once.
    let time = delay > 0 ? max(now, ExpiryTime.absolute(delay, now: now)) : now
    if let own = s.pointee.ownPool {
      if let fed = own.pointee.fed {
        return report(w, "CLIENT_ERROR flush_all not allowed: the pool is fed by \(fed.pointee.feed)\r\n")
      }
      ServerState.flush(server, pool: own.pointee.index, at: time, now: now)
      if time <= now { flushOwn(w, pool: own.pointee.index) }
      if own.pointee.isShared, flushElsewhere(w, op, pool: own.pointee.index, delay: delay) { return }
    } else {
      // What feeds keep ready stays, whoever empties the cache of an application beside it.
      for i in 0..<w.pointee.pools.count where w.pointee.pools.pools[i].fed == nil {
        ServerState.flush(server, pool: i, at: time, now: now)
        if time <= now { flushOwn(w, pool: i) }
      }
      if flushElsewhere(w, op, pool: allPools, delay: delay) { return }
    }
    answer(w, op, "OK\r\n")
  }

  /// Another node was asked to flush: the pool, or all pools that the nodes keep together.
  static func flushShared(_ w: WorkerPointer, pool: Int, delay: Int32) {
    let now = w.pointee.now
    let time = delay > 0 ? max(now, ExpiryTime.absolute(delay, now: now)) : now
    for i in 0..<w.pointee.pools.count where pool == i || pool == allPools {
      if !w.pointee.pools.pools[i].isShared { continue }
      ServerState.flush(w.pointee.server, pool: i, at: time, now: now)
      if time <= now { flushOwn(w, pool: i) }
    }
  }

  /// Flushes the keys of a pool with several copies whose primary this node is; the others' primaries do the same, and whoever has
  /// copies hears of it from them.
  static func flushOwn(_ w: WorkerPointer, pool index: Int) {
    let pool = w.pointee.pools.pools + index
    guard pool.pointee.replication != nil, let ruling = w.pointee.ruling, ruling.pointee.acceptsWrites,
      let placement = ruling.pointee.placement(pool: index)
    else { return }
    let store = pool.pointee.pool
    let isFirst = placement.pointee.nodes(copy: ruling.pointee.copy(pool: index, rank: 0)).contains(
      ruling.pointee.own)
    let isPrimary =
      placement.pointee.isUniform && primaryOfAll(placement, index, ruling) == ruling.pointee.own
    // While keys move, there may be others' among those of a first copy.
    let next = ruling.pointee.nextPlacement(pool: index)
    if isFirst && next == nil || isPrimary {
      store.flush()
    } else {
      removeOwn(w, pool, ruling)
    }
    let sequence = Journal.takeSequence()
    if sequence != 0 { noteChange(w, sequence, ruling.pointee.nodes(pool: index), pool) }
  }

  /// The one primary, where each copy is on one node.
  private static func primaryOfAll(
    _ placement: UnsafePointer<Placement>, _ pool: Int, _ ruling: RulingPointer
  ) -> Int? {
    for rank in 0..<placement.pointee.copyCount {
      let node = placement.pointee.owner(of: 0, copy: ruling.pointee.copy(pool: pool, rank: rank))
      if ruling.pointee.ready.contains(node) { return node }
    }
    return nil
  }

  /// Removes one by one the keys whose primary this node is.
  private static func removeOwn(
    _ w: WorkerPointer, _ pool: UnsafeMutablePointer<ServerPool>, _ ruling: RulingPointer
  ) {
    removeItems(w, pool, asCopy: false) { key in
      KeyOwners(key, pool: pool.pointee.index, ruling).primary == ruling.pointee.own
    }
  }
}
