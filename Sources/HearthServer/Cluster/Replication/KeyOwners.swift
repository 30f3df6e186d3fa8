import HearthCluster
import HearthStorage

/// Who has a key of a pool with several copies.
struct KeyOwners {
  /// Its owner in each copy.
  var all = NodeSet()
  /// The first of them that is ready, in the order of the view.
  var primary: Int?

  /// The owners of a key as the ruling sees them.
  @inline(__always)
  init(_ key: Key, _ placement: UnsafePointer<Placement>, pool: Int, _ ruling: RulingPointer) {
    let point =
      placement.pointee.isUniform
      ? 0 : KetamaHash.point(of: UnsafeRawBufferPointer(start: key.start, count: key.count))
    for rank in 0..<placement.pointee.copyCount {
      let owner = placement.pointee.owner(of: point, copy: ruling.pointee.copy(pool: pool, rank: rank))
      all.insert(owner)
      if primary == nil, ruling.pointee.ready.contains(owner) { primary = owner }
    }
  }
}
