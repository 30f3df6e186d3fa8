import Glibc
import HearthNet

/// Bytes that are collected, and count in the budget of buffers. Freed by `removeAll` only.
struct ChargedBytes {
  private(set) var start: UnsafeMutableRawPointer?
  private(set) var count = 0
  private var capacity = 0

  /// Appends a copy. False: there is no memory.
  mutating func append(_ source: UnsafeRawPointer, _ length: Int, _ budget: BufferBudget) -> Bool {
    if length == 0 { return true }
    if count + length > capacity {
      let wanted = max(count + length, capacity * 2, 64)
      guard let larger = realloc(start, wanted) else { return false }
      budget.charge(wanted - capacity)
      start = larger
      capacity = wanted
    }
    memcpy(start.unsafelyUnwrapped + count, source, length)
    count += length
    return true
  }

  /// Frees them.
  mutating func removeAll(_ budget: BufferBudget) {
    budget.refund(capacity)
    free(start)
    start = nil
    count = 0
    capacity = 0
  }
}
