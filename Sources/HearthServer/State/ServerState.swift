import CHearth
import HearthConfig
import HearthNet
import HearthStorage

/// What all workers and the main thread share, behind one pointer for the life of the process. Words that change
/// while workers run are read and written with relaxed atomics; the rest is constant after start, or under
/// `lock`.
struct ServerState: ~Copyable {
  /// Set before the workers start; tests move it.
  var clock: Clock
  let store: Store
  let pools: PoolTable
  let groups: GroupTable
  let leases: LeaseShards
  let counts: ConnectionCounts
  let budget: BufferBudget
  /// The side port, whether or not somebody can connect to it.
  let mutex: MutexPort
  let extensionTurns = ExtensionTurns()
  /// The workers, `workerCount` of them.
  let workers: UnsafeMutablePointer<WorkerPointer>
  let workerCount: Int

  /// Guards the fields of this paragraph: slow paths only.
  var lock: UInt32 = 0
  var configuration: Configuration
  var baseline = StatisticsBaseline()

  /// Guards `prefixes` alone. Nothing else is locked under it, so it may be taken under a shard's lock.
  var prefixLock: UInt32 = 0
  var prefixes = PrefixStatistics()
  let statisticsDelimiter: UInt8

  /// 0...3.
  var verbosity: UInt64
  /// Count per prefix.
  var detail: UInt64
  /// Some requests may not go the usual way: a pool has or had herd protection, or keys name groups.
  var hasDetours: UInt64
  /// Some pool has a flush scheduled.
  var flushScheduled: UInt64 = 0
  /// Per pool: the second at which everything stored before goes; 0 none.
  let flushTimes: UnsafeMutablePointer<UInt64>
  /// Listening ports, for `stats settings`; 0 none.
  var tcpPort: UInt16 = 0
  var udpPort: UInt16 = 0
  /// The other nodes; nil: there are none.
  let cluster: ClusterState?
  /// The address of the pair that this node belongs to, and whether clients are served there; nil: there is none.
  let floating: FloatingAddress?
  /// What fills pools, for statistics; set before the workers start.
  var feeds: FeedSet?
  /// Called on a worker's thread when a client with the right to do so asks for the end.
  var shutdown: @convention(c) (_ graceful: Bool) -> Void

  /// Runs `body` under the lock of the slow paths.
  static func locked<R>(_ s: UnsafeMutablePointer<ServerState>, _ body: () -> R) -> R {
    hearth_lock(&s.pointee.lock)
    defer { hearth_unlock(&s.pointee.lock) }
    return body()
  }

  /// Runs `body` on the counts per prefix, under their lock.
  static func withPrefixes<R>(
    _ s: UnsafeMutablePointer<ServerState>, _ body: (inout PrefixStatistics) -> R
  ) -> R {
    hearth_lock(&s.pointee.prefixLock)
    defer { hearth_unlock(&s.pointee.prefixLock) }
    return body(&s.pointee.prefixes)
  }

  /// Schedules (or with a time that has come, does) a flush of one pool.
  static func flush(_ s: UnsafeMutablePointer<ServerState>, pool: Int, at second: UInt32, now: UInt32) {
    if second <= now {
      hearth_atomic_store64(s.pointee.flushTimes + pool, 0)
      if s.pointee.pools.pools[pool].replication == nil { s.pointee.pools.pools[pool].pool.flush() }
    } else {
      hearth_atomic_store64(s.pointee.flushTimes + pool, UInt64(second))
      hearth_atomic_store64(&s.pointee.flushScheduled, 1)
    }
  }

  /// Does the flushes whose time has come. Any worker, at the start of a round.
  static func runFlushes(_ w: WorkerPointer, now: UInt32) {
    let s = w.pointee.server
    for i in 0..<s.pointee.pools.count {
      let due = hearth_atomic_load64(s.pointee.flushTimes + i)
      // Only one worker wins the exchange and flushes.
      if due != 0, UInt64(now) >= due, hearth_atomic_cas64(s.pointee.flushTimes + i, due, 0) != 0 {
        if s.pointee.pools.pools[i].replication == nil {
          s.pointee.pools.pools[i].pool.flush()
        } else {
          Worker.flushOwn(w, pool: i)
        }
      }
    }
  }
}
