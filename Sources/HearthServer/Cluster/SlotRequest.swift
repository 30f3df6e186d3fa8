import HearthCluster
import HearthNet

/// A request that was passed on, kept until it is answered: if the node turns out to be the wrong one, or is lost, another one is asked.
struct SlotRequest {
  /// Longer ones are not kept.
  static let limit = 64 << 10

  private var collected = ChargedBytes()
  let pool: Int
  /// It is the beginning of a line of a get, without its end.
  let isFragment: Bool
  /// The end of the line is a part of the answer.
  var endsLine = false
  /// It may change its key: it is asked again only if nobody has begun with it.
  let changes: Bool
  /// Nodes that have failed to answer.
  var failed = NodeSet()
  /// Milliseconds of the monotonic clock after which it is given up.
  var giveUpAt: UInt64

  init(pool: Int, isFragment: Bool, changes: Bool, giveUpAt: UInt64) {
    self.pool = pool
    self.isFragment = isFragment
    self.changes = changes
    self.giveUpAt = giveUpAt
  }

  /// Appends a copy. False: there is no memory.
  mutating func append(_ source: UnsafeRawPointer, _ length: Int, _ budget: BufferBudget) -> Bool {
    collected.append(source, length, budget)
  }

  /// The bytes, and how many there are.
  var bytes: UnsafeMutableRawPointer? { collected.start }
  var count: Int { collected.count }

  /// Frees it with its bytes.
  static func free(_ request: UnsafeMutablePointer<SlotRequest>, _ budget: BufferBudget) {
    request.pointee.collected.removeAll(budget)
    request.deallocate()
  }
}
