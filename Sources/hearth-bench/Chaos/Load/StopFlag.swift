import CHearth

/// Tells threads to end. Any thread.
final class StopFlag: @unchecked Sendable {
  private let value: UnsafeMutablePointer<UInt32>

  init() {
    value = .allocate(capacity: 1)
    value.initialize(to: 0)
  }

  deinit { value.deallocate() }

  var isSet: Bool { hearth_atomic_acquire32(value) != 0 }
  func set() { hearth_atomic_release32(value, 1) }
}
