import HearthHerd
import HearthNet

/// A connection to the mutex port: its conversation, and its place among those that owe the rest of a key. Owned by the
/// connection's worker.
struct MutexSession {
  /// Memory of one, its place among the worker's connections included.
  static let bytes = MemoryLayout<MutexSession>.stride + 16

  /// The worker's number in the upper 16 bits, the connection's serial number in its loop in the others. Never used
  /// twice.
  let id: UInt64
  var peer = KeyedMutexPeer()
  /// When the part of a key came for which it is in the list; nil: it is in none.
  var listedSince: UInt64?
  /// Neighbours in that list.
  var previous: ConnectionPointer?
  var next: ConnectionPointer?

  /// Of the connection with this serial number.
  init(worker: Int, number: UInt64) { id = UInt64(worker) << 48 | number }

  /// The worker that owns the peer.
  static func worker(of peer: UInt64) -> Int { Int(peer >> 48) }
}
