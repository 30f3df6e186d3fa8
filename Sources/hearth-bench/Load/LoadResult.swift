import Histogram

/// What a load measured.
struct LoadResult {
  /// Within the measured time.
  var counts = ReplyCounts()
  var seconds = 0.0
  /// Over the whole run, warm-up and end included.
  var errors = ReplyCounts()
  var latency = ThreadReport.emptyHistogram()
  /// CPU time of the server within the measured time.
  var serverCPUSeconds: Double?
  var serverResidentBytes: UInt64?
  var complaint: String?

  var rate: Double { seconds > 0 ? Double(counts.operations) / seconds : 0 }

  /// Microseconds of the server's CPU time for one operation (one key of a multiget).
  var serverMicroseconds: Double? {
    guard let serverCPUSeconds, counts.operations > 0 else { return nil }
    return serverCPUSeconds * 1e6 / Double(counts.operations)
  }

  var failed: Bool { errors.errors > 0 }
}
