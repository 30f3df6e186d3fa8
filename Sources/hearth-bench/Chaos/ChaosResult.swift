/// One run of one fault.
struct ChaosResult {
  /// The longest time without an acknowledged write, milliseconds, over all connections of the client machine.
  var takeover = 0.0
  /// Writes that were acknowledged, and those of them that are missing.
  var acknowledged: UInt64 = 0
  var lost: UInt64 = 0
  /// Milliseconds between the acknowledgement of the oldest of them and the fault.
  var oldestLost = 0.0
  var tally = LoadTally()
  /// Epochs in which more than one node was active.
  var doubleActives = 0
  /// What went wrong; empty: all is as promised.
  var failures: [String] = []
}

extension ChaosResult: CustomStringConvertible {
  var description: String {
    "\(Format.decimal(takeover, 0)) ms, \(acknowledged) acknowledged, \(tally.refused) refused, "
      + "\(tally.timedOut) timed out, \(tally.reset) reset, \(tally.reads) reads, "
      + (failures.isEmpty ? "as promised" : failures.joined(separator: "; "))
  }
}
