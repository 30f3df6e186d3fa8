import CHearth

/// How far the clock by which items of copies expire, the same on all nodes, is ahead of this node's. Set by the control while the node is not
/// ready; any thread reads it. Lives as long as the process.
struct ClockShift: @unchecked Sendable {
  private let word: UnsafeMutablePointer<UInt64>

  init() {
    word = .allocate(capacity: 1)
    word.initialize(to: 0)
  }

  var milliseconds: Int64 {
    get { Int64(bitPattern: hearth_atomic_load64(word)) }
    nonmutating set { hearth_atomic_store64(word, UInt64(bitPattern: newValue)) }
  }

  /// An expiry by this node's clock (absolute seconds, 0 never), by that of all.
  @inline(__always)
  func common(_ expiry: UInt32) -> UInt32 { Self.moved(expiry, by: seconds) }

  /// The other way round.
  @inline(__always)
  func own(_ expiry: UInt32) -> UInt32 { Self.moved(expiry, by: -seconds) }

  /// Whole ones, so that what goes there and back stays what it was.
  private var seconds: Int64 { (milliseconds + (milliseconds < 0 ? -500 : 500)) / 1000 }

  @inline(__always)
  private static func moved(_ expiry: UInt32, by seconds: Int64) -> UInt32 {
    if expiry == 0 || seconds == 0 { return expiry }
    return UInt32(clamping: max(1, Int64(expiry) + seconds))
  }
}
