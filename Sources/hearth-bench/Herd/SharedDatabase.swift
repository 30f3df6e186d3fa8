import Synchronization

/// The simulated database as the client threads share it: one lock, taken twice for each computation.
final class SharedDatabase: Sendable {
  private let state = Mutex(SimulatedDatabase())

  func begin(at time: UInt64) -> Int { state.withLock { $0.begin(at: time) } }
  func finish(_ ticket: Int, at time: UInt64) { state.withLock { $0.finish(ticket, at: time) } }

  /// Everything up to now.
  var snapshot: SimulatedDatabase { state.withLock { $0 } }
  var count: Int { state.withLock { $0.computations.count } }
}
