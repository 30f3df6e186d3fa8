import CHearth
import Glibc
import HearthCluster
import HearthNet
import HearthStorage

/// Removes, as copies, what a node does not own any more after its map has changed: on a thread of its own, at leisure. Any
/// thread begins one and asks how far it is.
final class Purge: @unchecked Sendable {
  /// Part of the time that it works, in hundredths.
  private static let share: UInt64 = 25

  /// Atomic: the number of the one that is wanted, and of the last that has ended.
  private let words: UnsafeMutablePointer<UInt64>

  init() {
    words = .allocate(capacity: 2)
    words.initialize(repeating: 0, count: 2)
  }

  /// Number of the last one that has ended.
  var done: UInt64 { hearth_atomic_acquire64(words + 1) }

  /// Begins one; an earlier one ends unfinished.
  func begin(
    _ number: UInt64, _ server: UnsafeMutablePointer<ServerState>, _ replication: Replication,
    _ places: KeyPlaces
  ) {
    hearth_atomic_release64(words, number)
    let task = PurgeTask(number: number, server: server, replication: replication, places: places)
    let context = Unmanaged.passRetained(task).toOpaque()
    guard let thread = try? DaemonThread.start(purgeThread, context) else {
      // The control asks again after its next view.
      Unmanaged<PurgeTask>.fromOpaque(context).release()
      return
    }
    pthread_detach(thread)
  }

  fileprivate func run(_ task: PurgeTask) {
    let own = task.server.pointee.cluster?.configuration.own ?? 0
    for index in task.replication.pools {
      guard let placement = task.places.now[index] else { continue }
      let pool = task.server.pointee.pools.pools[index].pool
      var cursor = WalkCursor()
      var keys: [[UInt8]] = []
      var goesOn = true
      while goesOn {
        guard hearth_atomic_acquire64(words) == task.number else { return }
        let began = hearth_monotonic_ns()
        let now = task.server.pointee.clock.seconds(at: hearth_coarse_ns())
        keys.removeAll(keepingCapacity: true)
        goesOn = pool.walk(&cursor, now: now) { item, _ in
          let point = placement.pointee.isUniform ? 0 : KetamaHash.point(of: item.key)
          if !placement.pointee.owners(of: point).contains(own) { keys.append(Array(item.key)) }
        }
        for bytes in keys {
          bytes.withUnsafeBytes { raw in
            var locked = pool.lockAsCopy(Key(raw.baseAddress.unsafelyUnwrapped, raw.count), now: now)
            locked.remove()
          }
        }
        let worked = hearth_monotonic_ns() - began
        usleep(UInt32(min(worked * (100 - Self.share) / Self.share / 1000, 100_000)))
      }
    }
    guard hearth_atomic_acquire64(words) == task.number else { return }
    hearth_atomic_release64(words + 1, task.number)
    task.server.pointee.cluster?.control?.wake()
  }
}

/// What a purge needs.
private final class PurgeTask {
  let number: UInt64
  let server: UnsafeMutablePointer<ServerState>
  let replication: Replication
  let places: KeyPlaces

  init(
    number: UInt64, server: UnsafeMutablePointer<ServerState>, replication: Replication, places: KeyPlaces
  ) {
    self.number = number
    self.server = server
    self.replication = replication
    self.places = places
  }
}

private func purgeThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let task = Unmanaged<PurgeTask>.fromOpaque(context).takeRetainedValue()
  DaemonThread.name("purge")
  task.replication.purge.run(task)
  return nil
}
