/// A held key, its owner, and the claims that wait, oldest first. There is one only while there is an owner.
struct MutexHold: SlabElement {
  /// The next of the bucket.
  var next: UInt32
  let key: MutexKey
  /// Claim of the owner.
  var owner: UInt32
  var firstWaiter: UInt32 = 0
  var lastWaiter: UInt32 = 0
  var waiterCount: UInt32 = 0
  var since: UInt64
  var deadline: UInt64
  /// Neighbours in the order of deadlines. `isListed`: the place is taken, for walks over all places.
  var earlier: UInt32 = 0
  var later: UInt32 = 0
  var isListed = true
}
