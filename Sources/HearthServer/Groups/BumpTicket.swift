import HearthCluster
import Synchronization

/// A bump that other nodes have to be told of, in all pools that it reaches. Made by the worker that was asked for it, which waits for
/// the outcome; all else is the keeper's.
final class BumpTicket: @unchecked Sendable {
  enum Outcome: Equatable {
    case waits
    /// Every node that is primary of keys has it, and so have those that have copies of them.
    case taken
    /// Not in time, because of this node, where it is one.
    case failed(Int?)
    /// Not here: another node numbers by now.
    case moved
  }

  /// It has to be numbered anew before it is told.
  static let noReign = UInt64.max

  /// The worker that waits.
  let worker: Int
  /// Milliseconds of the monotonic clock after which it is given up.
  let deadline: UInt64
  /// What is told, with the last numbers; and the reign of this node in which they were given.
  var bumps: [NumberedBump]
  var reign: UInt64
  /// The node that the last attempt has failed for.
  var trouble: Int?

  private let state = Atomic<Int>(0)
  private let lastSequence = Atomic<UInt64>(0)

  init(worker: Int, deadline: UInt64, reign: UInt64, _ bumps: [NumberedBump]) {
    self.worker = worker
    self.deadline = deadline
    self.reign = reign
    self.bumps = bumps
  }

  /// What became of it. Any thread.
  var outcome: Outcome {
    switch state.load(ordering: .acquiring) {
    case 0: .waits
    case 1: .taken
    case 2: .failed(nil)
    case 3: .moved
    case let node: .failed(node - 4)
    }
  }

  /// This node's last change that belongs to it, once it is taken; 0: none but those that its worker knows of. Any thread.
  var sequence: UInt64 { lastSequence.load(ordering: .relaxed) }

  /// It was numbered anew: by this change.
  func note(_ sequence: UInt64) { lastSequence.store(sequence, ordering: .relaxed) }

  func settle(_ outcome: Outcome) {
    let value =
      switch outcome {
      case .waits: 0
      case .taken: 1
      case .moved: 3
      case .failed(let node): node.map { $0 + 4 } ?? 2
      }
    state.store(value, ordering: .releasing)
  }
}
