import CHearth
import Glibc

/// A client that writes one batch after the other and notes in its ledger what was acknowledged. Its own thread.
final class ChaosWriter {
  private let ledger: WriteLedger
  private let connection: PatientConnection
  private let depth: Int
  private let expiry: Int
  private let padding: String
  private let meter: GapMeter?
  private(set) var tally = LoadTally()

  /// - Parameters:
  ///   - depth: Sets that are sent at once.
  ///   - expiry: Seconds that values live, 0 for ever.
  ///   - meter: Is told of acknowledged writes, if this is one of the clients that count.
  init(_ ledger: WriteLedger, _ connection: PatientConnection, depth: Int, expiry: Int, meter: GapMeter?) {
    self.ledger = ledger
    self.connection = connection
    self.depth = depth
    self.expiry = expiry
    self.meter = meter
    padding = String(repeating: "x", count: 200)
  }

  /// Writes once; false: it went wrong, and a pause is due.
  func step() -> Bool {
    if ledger.isFull { return false }
    var request: [UInt8] = []
    var numbers: [UInt64] = []
    for _ in 0..<depth {
      let (number, key) = ledger.begin()
      let value = "\(number) \(padding)"
      request += "set \(key) 0 \(expiry) \(value.utf8.count)\r\n\(value)\r\n".utf8
      numbers.append(number)
    }
    var decided = 0
    var isRefused = false
    do throws(PatientConnection.Trouble) {
      try connection.ask(request) { (answer) throws(PatientConnection.Trouble) in
        for number in numbers {
          let line = try answer.line()
          if line == "STORED" {
            let now = hearth_monotonic_ns()
            ledger.acknowledge(number, at: now)
            meter?.answer(at: now)
            tally.acknowledged += 1
          } else {
            isRefused = true
            ledger.leaveUndecided(number)
            tally.refused += 1
            tally.complain("a set was answered \(line)")
          }
          decided += 1
        }
      }
      return !isRefused
    } catch {
      for number in numbers[decided...] { ledger.leaveUndecided(number) }
      if error == .timedOut { tally.timedOut += 1 } else { tally.reset += 1 }
      return false
    }
  }
}
