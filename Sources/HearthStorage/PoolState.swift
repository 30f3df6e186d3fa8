import CHearth
import Glibc

/// What the shards of one pool share: address space and the memory account. Lives at a fixed address for the
/// life of the store; counters are changed atomically by any thread.
@usableFromInline
struct PoolState {
  @usableFromInline let geometry: Geometry
  @usableFromInline let kind: PoolKind
  /// Number of the pool in its store.
  let index: Int
  /// Limit in force, bytes.
  @usableFromInline var limit: UInt64
  /// Bytes of committed segments and index leaves.
  @usableFromInline var used: UInt64 = 0
  /// Bytes promised to unfinished large values. What readers pin is an item's, or was: it needs no account.
  @usableFromInline var heldBytes: UInt64 = 0
  /// Leaves handed out so far; never given back.
  @usableFromInline var leafCount: UInt64 = 0
  /// Shard at which the next maintenance call begins.
  @usableFromInline var maintenanceCursor: UInt64 = 0
  /// Size of one leaf with its ghost rows, bytes.
  @usableFromInline let leafBytes: Int
  @usableFromInline let leaves: UnsafeMutableRawPointer
  @usableFromInline let shards: UnsafeMutablePointer<Shard>
  /// Posted when memory should be prepared.
  let preparation: UnsafeMutablePointer<sem_t>
  /// Of a pool with generations.
  @usableFromInline let generations: UnsafeMutablePointer<GenerationTable>?
  /// Where changes are noted, in a pool that other nodes have copies of.
  @usableFromInline var journal: UnsafeMutablePointer<Journal>?
  /// Seconds that expired items are kept to be served stale.
  var staleSeconds: UInt32 = 0

  /// True when the memory account allows `bytes` more; they are then charged.
  @usableFromInline
  static func charge(_ pool: UnsafeMutablePointer<PoolState>, _ bytes: Int) -> Bool {
    let used = UnsafeMutableRawPointer(pool) + MemoryLayout<PoolState>.offset(of: \.used)!
    if hearth_atomic_add64(used, UInt64(bytes)) <= hearth_atomic_load64(pool.limitAddress) { return true }
    _ = hearth_atomic_add64(used, 0 &- UInt64(bytes))
    return false
  }
}

extension UnsafeMutablePointer<PoolState> {
  @usableFromInline
  var limitAddress: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(self) + MemoryLayout<PoolState>.offset(of: \.limit)!
  }
  var usedAddress: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(self) + MemoryLayout<PoolState>.offset(of: \.used)!
  }
  var heldAddress: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(self) + MemoryLayout<PoolState>.offset(of: \.heldBytes)!
  }

  var staleAddress: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(self) + MemoryLayout<PoolState>.offset(of: \.staleSeconds)!
  }
  var limit: Int { Int(hearth_atomic_load64(limitAddress)) }
  var used: Int { Int(hearth_atomic_load64(usedAddress)) }

  /// Charges an index leaf and hands it out, zeroed. Leaves may overdraw the limit by 1/32: the shard then
  /// owes segments. Nil when there is no address space left for leaves, or the overdraft is used up.
  func allocateLeaf() -> UInt32? {
    let after = Int(hearth_atomic_add64(usedAddress, UInt64(pointee.leafBytes)))
    let limit = self.limit
    if after > limit + max(limit / 32, 1 << 20) {
      _ = hearth_atomic_add64(usedAddress, 0 &- UInt64(pointee.leafBytes))
      return nil
    }
    let address = UnsafeMutableRawPointer(self) + MemoryLayout<PoolState>.offset(of: \.leafCount)!
    let number = Int(hearth_atomic_add64(address, 1))
    if number > pointee.geometry.maximumLeaves { return nil }
    if number * pointee.leafBytes >> 20 != (number - 1) * pointee.leafBytes >> 20 {
      sem_post(pointee.preparation)
    }
    return UInt32(number - 1)
  }
}
