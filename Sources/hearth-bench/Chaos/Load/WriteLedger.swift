import CHearth

/// What one writer has been told of its writes. Only the writer changes it; any thread may look.
///
/// A key's writes have rising numbers. A write without an answer is undecided: it may come to be done at any later time, so
/// its key is not written again and its story ends there.
final class WriteLedger: @unchecked Sendable {
  /// What a read that begins now may find.
  struct Expectation {
    let key: String
    /// The newest write that was acknowledged.
    let least: UInt64
  }

  /// The story of one key at the end.
  struct Story {
    let key: String
    /// The newest acknowledged write and when that was, monotonic nanoseconds.
    let acknowledged: UInt64
    let at: UInt64
    /// Also possible.
    let undecided: UInt64?
  }

  /// Keys that are written again and again at a time; 0: every write has a key of its own.
  let slots: Int
  private let prefix: String
  private let capacity: Int
  /// By write: 0 not sent, 1 sent, else when it was acknowledged.
  private let times: UnsafeMutablePointer<UInt64>
  /// By slot: how often its key was replaced (16 bits), and its newest acknowledged write.
  private let newest: UnsafeMutablePointer<UInt64>
  /// Writes that were begun, for readers.
  private let begun: UnsafeMutablePointer<UInt64>
  private var retired: [Story] = []

  /// - Parameter prefix: Of its keys, no other ledger's.
  init(prefix: String, slots: Int = 0, capacity: Int = 1 << 20) {
    self.prefix = prefix
    self.slots = slots
    self.capacity = capacity
    times = .allocate(capacity: capacity)
    times.initialize(repeating: 0, count: capacity)
    newest = .allocate(capacity: max(slots, 1))
    newest.initialize(repeating: 0, count: max(slots, 1))
    begun = .allocate(capacity: 1)
    begun.initialize(to: 0)
  }

  deinit {
    times.deallocate()
    newest.deallocate()
    begun.deallocate()
  }

  var isFull: Bool { hearth_atomic_load64(begun) + 64 >= UInt64(capacity) }

  // ---- the writer ----

  /// The next write's number, from 1 on, and its key.
  func begin() -> (number: UInt64, key: String) {
    let number = hearth_atomic_load64(begun) + 1
    hearth_atomic_store64(times + Int(number), 1)
    hearth_atomic_release64(begun, number)
    return (number, key(number))
  }

  func acknowledge(_ number: UInt64, at now: UInt64) {
    hearth_atomic_release64(times + Int(number), now)
    if slots == 0 { return }
    let slot = newest + Int(number) % slots
    hearth_atomic_release64(slot, (hearth_atomic_load64(slot) >> 48) << 48 | number)
  }

  /// There was no answer, or an error.
  func leaveUndecided(_ number: UInt64) {
    if slots == 0 { return }
    let slot = Int(number) % slots
    let entry = hearth_atomic_load64(newest + slot)
    retired.append(
      Story(
        key: key(number), acknowledged: entry & (1 << 48 - 1), at: time(entry & (1 << 48 - 1)),
        undecided: number))
    hearth_atomic_release64(newest + slot, (entry >> 48 + 1) << 48)
  }

  private func key(_ number: UInt64) -> String {
    if slots == 0 { return "\(prefix)\(number)" }
    let slot = Int(number) % slots
    return "\(prefix)\(slot)-\(hearth_atomic_load64(newest + slot) >> 48)"
  }

  private func time(_ number: UInt64) -> UInt64 { hearth_atomic_acquire64(times + Int(number)) }

  // ---- readers, at any time ----

  /// A key with an acknowledged write; nil: the draw has none.
  func expectation(_ draw: UInt64) -> Expectation? {
    if slots == 0 {
      let count = hearth_atomic_acquire64(begun)
      if count == 0 { return nil }
      let number = draw % count + 1
      return time(number) > 1 ? Expectation(key: key(number), least: number) : nil
    }
    let slot = Int(draw % UInt64(slots))
    let entry = hearth_atomic_acquire64(newest + slot)
    let number = entry & (1 << 48 - 1)
    return number == 0 ? nil : Expectation(key: "\(prefix)\(slot)-\(entry >> 48)", least: number)
  }

  // ---- after the end ----

  /// Every acknowledged write counts, those that were overwritten too.
  var acknowledgedCount: UInt64 {
    let count = hearth_atomic_load64(begun)
    return count == 0 ? 0 : (1...count).reduce(0) { time($1) > 1 ? $0 + 1 : $0 }
  }

  /// All keys with an acknowledged write.
  var stories: [Story] {
    if slots == 0 {
      let count = hearth_atomic_load64(begun)
      if count == 0 { return [] }
      return (1...count).compactMap { number in
        let at = time(number)
        return at > 1 ? Story(key: key(number), acknowledged: number, at: at, undecided: nil) : nil
      }
    }
    let current = (0..<slots).map { slot in
      let entry = hearth_atomic_load64(newest + slot)
      let number = entry & (1 << 48 - 1)
      return Story(
        key: "\(prefix)\(slot)-\(entry >> 48)", acknowledged: number, at: time(number), undecided: nil)
    }
    return (retired + current).filter { $0.acknowledged != 0 }
  }
}
