import CHearth
import HearthFeed

/// The states of the feeds whose pools have copies: what this node's feeds have come to, or what their runner has told. Any thread.
final class FeedStates: @unchecked Sendable {
  /// So many states of a feed are kept for streams that lag; further ones pass over some.
  private static let kept: UInt64 = 1024

  private let lock: UnsafeMutablePointer<UInt32>
  private var current: [FeedState]
  /// Number of the last change of each, and the last states by number modulo `kept`.
  private var numbers: [UInt64]
  private var recent: [[(number: UInt64, state: FeedState)]]

  init(feeds: Int) {
    lock = .allocate(capacity: 1)
    lock.initialize(to: 0)
    current = Array(repeating: FeedState(), count: feeds)
    numbers = Array(repeating: 0, count: feeds)
    recent = Array(repeating: [], count: feeds)
  }

  private func locked<R>(_ body: () -> R) -> R {
    hearth_lock(lock)
    defer { hearth_unlock(lock) }
    return body()
  }

  subscript(feed: Int) -> FeedState { locked { current[feed] } }

  /// Changes the state of a feed that runs here. Returns the change's number.
  func change(_ feed: Int, run: UInt64, _ body: (inout FeedState) -> Void) -> UInt64 {
    locked {
      body(&current[feed])
      numbers[feed] += 1
      current[feed].run = run
      current[feed].number = numbers[feed]
      let slot = Int(numbers[feed] % Self.kept)
      while recent[feed].count <= slot { recent[feed].append((0, FeedState())) }
      recent[feed][slot] = (numbers[feed], current[feed])
      return numbers[feed]
    }
  }

  /// The state after a change; nil: it was too long ago.
  func state(_ feed: Int, after number: UInt64) -> FeedState? {
    locked {
      let slot = Int(number % Self.kept)
      guard slot < recent[feed].count, recent[feed][slot].number == number else { return nil }
      return recent[feed][slot].state
    }
  }

  /// What a runner of a feed has told; `withPlace`: its place, too. False: something later is known.
  func take(_ feed: Int, _ state: FeedState, withPlace: Bool) -> Bool {
    locked {
      if !state.isAsNew(as: current[feed]) { return false }
      if withPlace { current[feed] = state } else { current[feed].takeReadiness(of: state) }
      return true
    }
  }

  /// The feed is to begin anew.
  func remove(_ feed: Int) { locked { current[feed] = FeedState() } }

  /// The pools are emptied.
  func removeAll() { locked { for feed in current.indices { current[feed] = FeedState() } } }
}
