import CHearth
import Glibc
import HearthConfig
import HearthStorage

/// All pools, and which of them a key belongs to: the one with the longest matching prefix, else the default
/// pool (index 0). With the default pool alone the choice is one test.
struct PoolTable {
  let pools: UnsafeMutablePointer<ServerPool>
  let count: Int
  /// Indices of the pools with a prefix, the longest prefix first.
  private let byPrefix: UnsafeMutablePointer<Int>
  let prefixCount: Int

  init(_ configuration: [PoolConfiguration], showsCAS: Bool, _ store: Store, _ cluster: ClusterState?) {
    count = configuration.count
    pools = .allocate(capacity: count)
    for (i, c) in configuration.enumerated() {
      let bytes = Array(c.prefix.utf8)
      let prefix = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
      prefix.initialize(from: bytes, count: bytes.count)
      (pools + i).initialize(
        to: ServerPool(
          pool: store.pool(i), index: i, prefix: prefix, prefixLength: bytes.count,
          itemSizeLimit: c.itemSizeLimit, ttlDefault: c.ttlDefault, ttlMaximum: c.ttlMaximum,
          rule: nil, fed: nil, placement: cluster?.placements[i],
          replication: cluster?.replication == nil ? nil : Replication.rule(c), showsCAS: showsCAS))
      pools[i].protect(c.herd)
      if c.copies.count == 1, c.copies[0].count > 1 { store.pool(i).beginWithoutNumbers() }
      if !c.copies.isEmpty, let replication = cluster?.replication {
        store.pool(i).setJournal(replication.journal)
      }
    }
    let order = (0..<count).filter { !configuration[$0].prefix.isEmpty }
      .sorted { configuration[$0].prefix.utf8.count > configuration[$1].prefix.utf8.count }
    prefixCount = order.count
    byPrefix = .allocate(capacity: max(1, order.count))
    byPrefix.initialize(from: order, count: order.count)
  }

  /// The pool of a key.
  @inline(__always)
  func pool(of key: UnsafeRawPointer, _ count: Int) -> UnsafeMutablePointer<ServerPool> {
    prefixCount == 0 ? pools : search(key, count)
  }

  @inline(never)
  private func search(_ key: UnsafeRawPointer, _ count: Int) -> UnsafeMutablePointer<ServerPool> {
    for i in 0..<prefixCount {
      let candidate = pools + byPrefix[i]
      let length = candidate.pointee.prefixLength
      if length <= count && memcmp(candidate.pointee.prefix, key, length) == 0 { return candidate }
    }
    return pools
  }

  /// The pool with exactly this prefix; the default pool's is empty.
  func pool(withPrefix prefix: UnsafeRawBufferPointer) -> Int? {
    if prefix.count == 0 { return 0 }
    return (0..<prefixCount).map { byPrefix[$0] }.first { i in
      pools[i].prefixLength == prefix.count && memcmp(pools[i].prefix, prefix.baseAddress!, prefix.count) == 0
    }
  }

  /// The pool has a prefix that begins with these bytes.
  func hasPrefix(_ pool: Int, beginningWith bytes: [UInt8]) -> Bool {
    pools[pool].prefixLength >= bytes.count && memcmp(pools[pool].prefix, bytes, bytes.count) == 0
  }

  /// The smallest inline limit of all pools: what the parser waits for before it hands a value over.
  var inlineLimit: Int { (0..<count).map { pools[$0].pool.inlineLimit }.min() ?? 0 }

  /// The largest: what the reply buffer must have room for.
  var largestInlineLimit: Int { (0..<count).map { pools[$0].pool.inlineLimit }.max() ?? 0 }
}
