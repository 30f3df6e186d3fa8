/// What a thread of the load saw.
struct LoadTally {
  /// Writes by outcome; reads that were answered.
  var acknowledged: UInt64 = 0
  var refused: UInt64 = 0
  var timedOut: UInt64 = 0
  var reset: UInt64 = 0
  var reads: UInt64 = 0
  /// Reads that found a write older than one that was acknowledged before they began.
  var stale: UInt64 = 0
  /// Reads that found nothing although a write was acknowledged before they began.
  var falseMisses: UInt64 = 0
  /// The first of each kind, for people.
  var complaints: [String] = []

  mutating func complain(_ text: String) { if complaints.count < 8 { complaints.append(text) } }

  static func += (a: inout LoadTally, b: LoadTally) {
    a.acknowledged += b.acknowledged
    a.refused += b.refused
    a.timedOut += b.timedOut
    a.reset += b.reset
    a.reads += b.reads
    a.stale += b.stale
    a.falseMisses += b.falseMisses
    for complaint in b.complaints where !a.complaints.contains(complaint) { a.complain(complaint) }
  }
}
