import Histogram

/// What the clients of one thread, or of all, have seen.
struct HerdMeasure {
  var hits: UInt64 = 0
  var misses: UInt64 = 0
  /// Error lines.
  var refused: UInt64 = 0
  /// Connections given up, for a wrong reply or because they were closed.
  var failed: UInt64 = 0
  /// Nanoseconds from sending a get to its whole reply.
  var reads = ThreadReport.emptyHistogram()
  /// Nanoseconds from sending a get that missed until the value that this client computed was stored.
  var computing = ThreadReport.emptyHistogram()
  /// Age of the oldest data that a hit delivered, in nanoseconds.
  var oldest: UInt64 = 0
  /// The first error.
  var complaint: String?

  mutating func read(wait: UInt64) { reads.record(min(wait, 60_000_000_000)) }
  mutating func computed(wait: UInt64) { computing.record(min(wait, 60_000_000_000)) }

  mutating func add(_ other: HerdMeasure) {
    hits += other.hits
    misses += other.misses
    refused += other.refused
    failed += other.failed
    reads.add(other.reads)
    computing.add(other.computing)
    oldest = max(oldest, other.oldest)
    complaint = complaint ?? other.complaint
  }
}
