import CHearth
import HearthConfig
import HearthStorage

/// Which pools a group of keys is in, and the prefix by which clients name groups. Constant after start.
struct GroupTable {
  /// First byte of the reserved prefix, for ever; `prefixLength` 0: clients name no groups.
  let prefix: UnsafePointer<UInt8>
  let prefixLength: Int
  private let delimiter: UInt8
  /// A pool of several nodes that keeps generations; all that do are kept by the same nodes. Nil: groups are this node's own.
  let shared: Int?

  init(_ configuration: Configuration) {
    let isUsed = configuration.pools.contains(where: \.keepsGenerations)
    let bytes = isUsed ? Array(configuration.generationPrefix.utf8) : []
    let prefix = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, bytes.count))
    prefix.initialize(from: bytes, count: bytes.count)
    self.prefix = UnsafePointer(prefix)
    prefixLength = bytes.count
    delimiter = configuration.generationDelimiter
    shared = configuration.pools.firstIndex { $0.keepsGenerations && !$0.copies.isEmpty }
  }

  /// The key names a group's counter.
  @inline(__always)
  func names(_ key: UnsafeRawPointer, _ count: Int) -> Bool {
    prefixLength != 0 && count >= prefixLength && hearth_equal(key, prefix, prefixLength) != 0
  }

  /// The pools that may hold keys of the group, each with whether all of its keys are in it. The first is the one
  /// whose number clients see. Only pools that keep generations; none: there is no such group.
  func pools(of group: UnsafeRawBufferPointer, in table: PoolTable) -> [(pool: Int, isWhole: Bool)] {
    let start = group.baseAddress ?? UnsafeRawPointer(prefix)
    if let own = table.pool(withPrefix: group) {
      return table.pools[own].pool.hasGenerations ? [(own, true)] : []
    }
    let beneath = Array(group) + [delimiter]
    var found: [(pool: Int, isWhole: Bool)] = []
    for i in 0..<table.count where table.hasPrefix(i, beginningWith: beneath) { found.append((i, true)) }
    for pool in [
      beneath.withUnsafeBytes { table.pool(of: $0.baseAddress!, $0.count).pointee.index },
      table.pool(of: start, group.count).pointee.index,
    ]
    where !found.contains(where: { $0.pool == pool }) {
      found.insert((pool, false), at: 0)
    }
    return found.filter { table.pools[$0.pool].pool.hasGenerations }
  }
}
