import CHearth

/// What the starting thread tells the load threads. Read with atomic loads only.
struct LoadControl {
  enum Phase {
    static let warmup: UInt32 = 0
    static let measuring: UInt32 = 1
    static let stopping: UInt32 = 2
  }

  private let word: UnsafeMutablePointer<UInt32>

  init() {
    word = .allocate(capacity: 1)
    word.initialize(to: Phase.warmup)
  }

  func deallocate() { word.deallocate() }

  @inline(__always)
  var phase: UInt32 { hearth_atomic_acquire32(word) }

  func enter(_ phase: UInt32) { hearth_atomic_release32(word, phase) }
}
