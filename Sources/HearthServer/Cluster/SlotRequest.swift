import Glibc
import HearthCluster
import HearthNet

/// A request that was passed on, kept until it is answered: if the node turns out to be the wrong one, or is lost, another one is asked.
struct SlotRequest {
  /// Longer ones are not kept.
  static let limit = 64 << 10

  private(set) var bytes: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0
  let pool: Int
  /// It is the beginning of a line of a get, without its end.
  let isFragment: Bool
  /// It may change its key: it is asked again only if nobody has begun with it.
  let changes: Bool
  /// Nodes that have failed to answer.
  var failed = NodeSet()
  /// Milliseconds of the monotonic clock after which it is given up.
  let giveUpAt: UInt64

  init(pool: Int, isFragment: Bool, changes: Bool, giveUpAt: UInt64) {
    self.pool = pool
    self.isFragment = isFragment
    self.changes = changes
    self.giveUpAt = giveUpAt
  }

  /// Appends a copy. False: there is no memory.
  mutating func append(_ source: UnsafeRawPointer, _ length: Int, _ budget: BufferBudget) -> Bool {
    if count + length > capacity {
      let wanted = max(count + length, capacity * 2, 64)
      guard let larger = realloc(bytes, wanted) else { return false }
      budget.charge(wanted - capacity)
      bytes = larger
      capacity = wanted
    }
    memcpy(bytes.unsafelyUnwrapped + count, source, length)
    count += length
    return true
  }

  /// Frees it with its bytes.
  static func free(_ request: UnsafeMutablePointer<SlotRequest>, _ budget: BufferBudget) {
    budget.refund(request.pointee.capacity)
    Glibc.free(request.pointee.bytes)
    request.deallocate()
  }
}
