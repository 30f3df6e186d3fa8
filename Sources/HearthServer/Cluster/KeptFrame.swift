import Glibc
import HearthCluster
import HearthHerd
import HearthNet

typealias KeptFramePointer = UnsafeMutablePointer<KeptFrame>

/// A request of another node that is kept, unexecuted, until its key is there: with what it holds behind that key, or as a whole where
/// it stands behind another request of its client. Owned by the session of the node's connection; its bytes count as buffers.
struct KeptFrame: ~Copyable {
  /// The other node's connection.
  let connection: ConnectionPointer
  /// The frame's header.
  var frame: PeerFrame
  /// Whose request it is.
  let client: UInt64
  /// Its place in the queue of its key; nil: it stands behind the client's first one.
  var ticket: WaitTicket?
  /// The hash of the key that it waits for.
  let hash: UInt64
  /// It changes nothing.
  var isRead = false
  /// Nobody waits for the answer.
  var isDropped = false
  /// The client's next one.
  var next: KeptFramePointer?
  private var collected = ChargedBytes()
  /// What it takes beside its text, nearly.
  private static let overhead = 384

  init(
    _ connection: ConnectionPointer, _ frame: PeerFrame, client: UInt64, ticket: WaitTicket?, hash: UInt64,
    _ budget: BufferBudget
  ) {
    budget.charge(Self.overhead)
    self.connection = connection
    self.frame = frame
    self.client = client
    self.ticket = ticket
    self.hash = hash
  }

  /// Appends a copy. False: there is no memory.
  mutating func append(_ bytes: UnsafeRawBufferPointer, _ budget: BufferBudget) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    return collected.append(start, bytes.count, budget)
  }

  /// The request's text.
  var text: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: collected.start, count: collected.count)
  }

  /// Frees it with its bytes.
  static func free(_ kept: KeptFramePointer, _ budget: BufferBudget) {
    kept.pointee.collected.removeAll(budget)
    budget.refund(overhead)
    kept.deinitialize(count: 1)
    kept.deallocate()
  }
}
