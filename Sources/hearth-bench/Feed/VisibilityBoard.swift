import Synchronization

/// The samples, between the writers and the watcher. Any thread.
final class VisibilityBoard: Sendable {
  private struct State {
    var samples: [VisibilitySample] = []
    /// How many the watcher has taken.
    var taken = 0
  }

  private let state = Mutex(State())

  init(capacity: Int) { state.withLock { $0.samples.reserveCapacity(capacity) } }

  /// A change is about to be written. Returns its number.
  func announce(_ sample: VisibilitySample) -> Int {
    state.withLock {
      $0.samples.append(sample)
      return $0.samples.count - 1
    }
  }

  func committed(_ number: Int, at time: UInt64) { state.withLock { $0.samples[number].committed = time } }

  func seen(_ number: Int, at time: UInt64) { state.withLock { $0.samples[number].seen = time } }

  /// What was announced since the last call, with its numbers.
  func take() -> [(number: Int, sample: VisibilitySample)] {
    state.withLock { state in
      let new = (state.taken..<state.samples.count).map { ($0, state.samples[$0]) }
      state.taken = state.samples.count
      return new
    }
  }

  /// All of them.
  var samples: [VisibilitySample] { state.withLock { $0.samples } }
}
