import HearthCluster
import HearthStorage

/// Who has a key of a pool with several copies.
struct KeyOwners {
  /// Its owner in each copy.
  var all = NodeSet()
  /// Those, and its owners by the map that is to be: all have to have what is written.
  var joint = NodeSet()
  /// The first of them that is ready, in the order of the view.
  var primary: Int?

  /// The owners of a key as the ruling sees them.
  @inline(__always)
  init(_ key: Key, pool: Int, _ ruling: RulingPointer) {
    self.init(UnsafeRawBufferPointer(start: key.start, count: key.count), pool: pool, ruling)
  }

  /// The owners of a key with these bytes.
  @inline(__always)
  init(_ key: UnsafeRawBufferPointer, pool: Int, _ ruling: RulingPointer) {
    let isUniform =
      ruling.pointee.placement(pool: pool)?.pointee.isUniform != false
      && ruling.pointee.nextPlacement(pool: pool)?.pointee.isUniform != false
    self.init(at: isUniform ? 0 : KetamaHash.point(of: key), pool: pool, ruling)
  }

  /// The owners of the keys at a point of the rings.
  @inline(__always)
  init(at point: UInt32, pool: Int, _ ruling: RulingPointer) {
    guard let placement = ruling.pointee.placement(pool: pool) else { return }
    let next = ruling.pointee.nextPlacement(pool: pool)
    for rank in 0..<placement.pointee.copyCount {
      let owner = placement.pointee.owner(of: point, copy: ruling.pointee.copy(pool: pool, rank: rank))
      all.insert(owner)
      if primary == nil, ruling.pointee.ready.contains(owner) { primary = owner }
    }
    joint = all
    if let next { joint = joint.union(next.pointee.owners(of: point)) }
  }
}
