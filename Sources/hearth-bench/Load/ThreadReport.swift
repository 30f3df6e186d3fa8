import CHearth
import Histogram

/// What a load thread tells the thread that started it. The counts may be read at any time; the rest when
/// the thread has been joined.
struct ThreadReport {
  private static let words = MemoryLayout<ReplyCounts>.size / 8

  private let published: UnsafeMutablePointer<UInt64>
  private let finishedFlag: UnsafeMutablePointer<UInt32>
  /// Nanoseconds from sending to the complete answer, of each request while measuring.
  var latency = ThreadReport.emptyHistogram()
  var complaint: String?
  var failure: SystemError?

  /// Up to a minute, with three significant digits.
  static func emptyHistogram() -> Histogram<UInt64> {
    Histogram<UInt64>(
      lowestDiscernibleValue: 64, highestTrackableValue: 60_000_000_000,
      numberOfSignificantValueDigits: .three)
  }

  init() {
    published = .allocate(capacity: Self.words)
    published.initialize(repeating: 0, count: Self.words)
    finishedFlag = .allocate(capacity: 1)
    finishedFlag.initialize(to: 0)
  }

  func deallocate() {
    published.deallocate()
    finishedFlag.deallocate()
  }

  /// By the load thread, once per round.
  @inline(__always)
  func publish(_ counts: ReplyCounts) {
    withUnsafeBytes(of: counts) { bytes in
      for i in 0..<Self.words {
        hearth_atomic_store64(published + i, bytes.load(fromByteOffset: i * 8, as: UInt64.self))
      }
    }
  }

  var counts: ReplyCounts {
    var counts = ReplyCounts()
    withUnsafeMutableBytes(of: &counts) { bytes in
      for i in 0..<Self.words {
        bytes.storeBytes(of: hearth_atomic_load64(published + i), toByteOffset: i * 8, as: UInt64.self)
      }
    }
    return counts
  }

  var isFinished: Bool { hearth_atomic_acquire32(finishedFlag) != 0 }
  func finish() { hearth_atomic_release32(finishedFlag, 1) }

  @inline(__always)
  mutating func record(nanoseconds: UInt64, requests: UInt64) {
    latency.record(min(nanoseconds, 60_000_000_000), count: requests)
  }
}
