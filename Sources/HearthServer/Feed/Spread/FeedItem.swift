import HearthCluster
import HearthFeed

/// What stands in a feed's queue for the primaries. Made by the feed's threads; from when it is the first in the queue until it has
/// settled, the worker's alone.
final class FeedItem: @unchecked Sendable {
  enum Kind {
    /// Mutations that one frame for each primary has room for.
    case mutations
    /// One with a value that a frame has no room for.
    case large(FeedMutation)
    /// Groups to be made void.
    case bumps([[UInt8]])
    /// All before it has settled: that is the feed's place. The number is that of the last time when the feed began anew.
    case place(FeedPlace, UInt64)
    /// All before it has settled, so the pool answers reads. The number is that of what was last said of the pool.
    case ready(UnsafeMutablePointer<FedPool>, UInt64)
    /// The other nodes are told how far the feed is.
    case tell
    /// The next keys of a walk.
    case walk(pool: Int, prefix: [UInt8])
  }

  var kind: Kind
  /// Mutations one behind another; of a large one the key.
  var bytes: [UInt8] = []
  /// The value of a large one.
  var value: [UInt8] = []
  /// For each mutation what the feed wants to know.
  var notes: [FeedNote] = []
  /// What became of each; none: it has not settled.
  var effects: [FeedEffect] = []
  /// How often it was tried.
  var attempts = 0

  // Of a large one.
  /// What was found at its key; nil: nobody has looked.
  var found: FeedEffect?
  /// Bytes that the primary has.
  var offset = 0
  /// Names the value there.
  var upload: UInt64 = 0

  // Of a walk.
  var cursor = FeedWalk()
  var keys: FeedWalkAnswer?
  var goesOn = true

  /// The attempt was a step on the way: the next follows at once.
  var isBetweenSteps = false

  /// Nothing is left to do.
  var isComplete = false

  /// It has left the queue; under the lock of that.
  var isDone = false

  init(_ kind: Kind) { self.kind = kind }

  /// Bytes that it takes in the queue.
  var size: Int { bytes.count + value.count + 64 }

  /// Runs `body` on the mutations in their order, with their numbers and the bytes of all of each.
  func forEachMutation(_ body: (Int, FeedMutation, UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { bytes in
      var offset = 0
      for index in notes.indices {
        guard let mutation = FeedMutation(UnsafeRawBufferPointer(rebasing: bytes[offset...])) else { return }
        let end = min(offset + mutation.size, bytes.count)
        body(index, mutation, UnsafeRawBufferPointer(rebasing: bytes[offset..<end]))
        offset = end
      }
    }
  }

  /// What the feed wants to know of it.
  func results() -> [FeedResult] {
    switch kind {
    case .mutations:
      guard notes.indices.contains(where: isWorthTelling) else { return [] }
      var results: [FeedResult] = []
      forEachMutation { index, mutation, all in
        if !isWorthTelling(index) { return }
        results.append(result(index, Array(all[FeedMutation.headerSize..<mutation.headSize])))
      }
      return results
    case .large: return isWorthTelling(0) ? [result(0, bytes)] : []
    default: return []
    }
  }

  private func isWorthTelling(_ index: Int) -> Bool {
    let (effect, purpose) = (effects[index], notes[index].purpose)
    if purpose == .all || effect.found != .none { return true }
    switch effect.end {
    case .noMemory, .tooLarge: return true
    case .removed: return purpose == .alarm || purpose == .vanished
    default: return false
    }
  }

  private func result(_ index: Int, _ key: [UInt8]) -> FeedResult {
    let effect = effects[index]
    let found: FeedComparison? =
      switch (effect.found, effect.end) {
      case (.foundDifferent, _): .different
      case (.foundMissing, _): .missing
      case (_, .equal): .equal
      default: nil
      }
    let outcome: FeedStoreOutcome? =
      switch effect.end {
      case .stored: .stored
      case .noMemory: .noMemory
      case .tooLarge: .tooLarge
      default: nil
      }
    return FeedResult(
      note: notes[index], key: key, found: found, outcome: outcome, wasRemoved: effect.end == .removed)
  }
}
