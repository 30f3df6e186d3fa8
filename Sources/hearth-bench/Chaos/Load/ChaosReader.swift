import CHearth

/// A client that reads keys with acknowledged writes and knows what it may find. Its own thread.
final class ChaosReader {
  private let ledgers: [WriteLedger]
  private let connection: PatientConnection
  private let place: String
  private var draws = SplitMix64(seed: hearth_monotonic_ns())
  private(set) var tally = LoadTally()

  /// - Parameter place: Where it is and whom it asks, for people.
  init(_ ledgers: [WriteLedger], _ connection: PatientConnection, place: String) {
    self.ledgers = ledgers
    self.connection = connection
    self.place = place
  }

  /// Reads once; false: it went wrong, and a pause is due.
  func step() -> Bool {
    let ledger = ledgers[Int(draws.next() % UInt64(ledgers.count))]
    guard let expected = ledger.expectation(draws.next()) else { return false }
    do throws(PatientConnection.Trouble) {
      let answer = try connection.ask(Array("get \(expected.key)\r\n".utf8)) {
        (answer) throws(PatientConnection.Trouble) in
        let head = try answer.line()
        guard head.hasPrefix("VALUE ") else { return (head, UInt64(0)) }
        let value = try answer.line()
        _ = try answer.line()
        return (head, UInt64(value.prefix { $0 != " " }) ?? 0)
      }
      if answer.0 == "END" {
        tally.reads += 1
        tally.falseMisses += 1
        tally.complain("\(place): \(expected.key) is missed, write \(expected.least) was acknowledged")
      } else if !answer.0.hasPrefix("VALUE ") {
        tally.complain("\(place): a get was answered \(answer.0)")
        return false
      } else {
        tally.reads += 1
        if answer.1 < expected.least {
          tally.stale += 1
          tally.complain("\(place): \(expected.key) is \(answer.1), \(expected.least) was acknowledged")
        }
      }
      return true
    } catch {
      return false
    }
  }
}
