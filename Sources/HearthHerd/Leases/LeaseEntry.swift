/// What the table knows of one key: a lease, a hold-off, or both, and the readers that wait. Readers wait
/// only while there is a lease. In the table's slab, under its lock.
struct LeaseEntry: SlabElement {
  /// The next entry of the bucket.
  var next: UInt32
  /// Place in the heap of deadlines.
  var heapIndex: UInt32 = 0
  let hash: UInt64
  let key: UnsafeMutableRawPointer
  let keyLength: UInt16
  let pool: UInt16

  var purpose = LeasePurpose.compute
  /// An add of the holder may replace what is there.
  var addActsAsSet = false
  var holder: UInt64 = 0
  var token: UInt64 = 0
  /// Generation clock of the lease.
  var stamp: UInt64 = 0
  /// End of the lease, 0 without one.
  var leaseEnd: UInt64 = 0
  /// Length of the next lease, should a waiter get it.
  var leaseLength: UInt64 = 0
  /// When the item that is being refreshed expires.
  var itemEnd: UInt64 = 0
  /// End of the hold-off, 0 without one.
  var holdOffEnd: UInt64 = 0

  var firstWaiter: UInt32 = 0
  var lastWaiter: UInt32 = 0
  var waiterCount: UInt32 = 0
  /// The earliest of all ends above, and of the first waiter's patience: the heap's order.
  var deadline: UInt64 = 0

  var hasLease: Bool { leaseEnd != 0 }

  func isHeld(by reader: UInt64, token: UInt64 = 0) -> Bool {
    hasLease && (reader != 0 && holder == reader || token != 0 && self.token == token)
  }
}
