import CHearth
import HearthConfig
import HearthNet
import HearthStorage

/// How the memory limit is divided: the connections' buffers and a share for each pool.
///
/// Changing it takes every shard's lock, and whoever holds a shard's lock may wait for one of the server's: it is never
/// done under a lock of the server's. `exclusively` keeps two changes apart instead. The order is: its lock, a shard's,
/// the server's.
struct MemoryDivision: Equatable {
  /// Bytes for the connections' buffers.
  private(set) var buffers: Int
  /// Bytes for each pool, by its index; the default pool's are what the buffers leave of its memory.
  private(set) var shares: [Int]

  /// The division that a configuration asks for.
  init(_ configuration: Configuration) {
    buffers = configuration.connectionBufferMemory
    shares = configuration.pools.map(\.memory)
    shares[0] -= buffers
  }

  /// Every pool can work with its share.
  var isPossible: Bool { shares.allSatisfy { $0 >= PoolOptions.minimumMemory } }

  /// Writes the division into a configuration.
  func note(in configuration: inout Configuration) {
    configuration.memory = shares.reduce(buffers, +)
    for i in shares.indices { configuration.pools[i].memory = shares[i] + (i == 0 ? buffers : 0) }
  }

  /// Puts the division into force and returns what came of it: a share may end where its address space does.
  /// What shrinks comes first, so that the sum is not exceeded on the way. Only inside `exclusively`.
  @discardableResult
  func apply(_ server: UnsafeMutablePointer<ServerState>) -> MemoryDivision {
    let pools = server.pointee.pools.pools
    var reached = self
    for i in shares.indices where shares[i] < pools[i].pool.memoryLimit {
      reached.shares[i] = pools[i].pool.setMemoryLimit(shares[i])
    }
    server.pointee.budget.limit = UInt64(buffers)
    for i in shares.indices where shares[i] > pools[i].pool.memoryLimit {
      reached.shares[i] = pools[i].pool.setMemoryLimit(shares[i])
    }
    return reached
  }

  private nonisolated(unsafe) static let lock: UnsafeMutablePointer<UInt32> = {
    let lock = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    lock.initialize(to: 0)
    return lock
  }()

  /// Runs `body` while nobody else changes the division. Any thread that holds no other lock.
  static func exclusively<R>(_ body: () -> R) -> R {
    hearth_lock(lock)
    defer { hearth_unlock(lock) }
    return body()
  }
}
