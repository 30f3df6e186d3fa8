import CHearth
import HearthHerd
import HearthNet

/// The daemon's leases: a table for each part of the keys, by their hash, under a lock of its own. Whoever holds
/// such a lock may take that of a store's shard, never the other way round. Their memory counts as buffers.
struct LeaseShards {
  static let count = 8
  /// Words between two locks: one line of the cache.
  private static let stride = 16

  private let locks: UnsafeMutablePointer<UInt32>
  private let tables: UnsafeMutablePointer<LeaseTable>
  private let occupied: UnsafeMutablePointer<UnsafePointer<UInt32>>
  private let budget: BufferBudget

  /// Tables that together take at most half of the buffers' share.
  init(budget: BufferBudget, pools: Int) {
    self.budget = budget
    let bytes = Int(budget.limit) / 2 / Self.count
    locks = .allocate(capacity: Self.count * Self.stride)
    locks.initialize(repeating: 0, count: Self.count * Self.stride)
    tables = .allocate(capacity: Self.count)
    occupied = .allocate(capacity: Self.count)
    for i in 0..<Self.count {
      (tables + i).initialize(
        to: LeaseTable(
          capacity: min(max(bytes / 256, 256), 1 << 18), waiters: min(max(bytes / 64, 1024), 1 << 18),
          maximumBytes: bytes, pools: pools))
      (occupied + i).initialize(to: UnsafePointer(tables[i].occupiedWord))
    }
  }

  /// Number of the table of a key.
  @inline(__always)
  func part(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 35) & (Self.count - 1) }

  /// Nothing is known of any key of the part. No lock is needed to ask.
  @inline(__always)
  func isEmpty(_ part: Int) -> Bool { LeaseTable.isEmpty(occupied[part]) }

  /// Runs `body` on a part under its lock, and accounts for the memory that it took or gave.
  func withTable<R>(_ part: Int, _ body: (inout LeaseTable) -> R) -> R {
    hearth_lock(locks + part * Self.stride)
    defer { hearth_unlock(locks + part * Self.stride) }
    let before = tables[part].bytes
    let result = body(&tables[part])
    let after = tables[part].bytes
    if after > before {
      budget.charge(after - before)
    } else if after < before {
      budget.refund(before - after)
    }
    return result
  }
}
