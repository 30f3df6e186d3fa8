/// What a site's database would have to do: every computation of the value, and how many run at a time. It does
/// no work and keeps no clock; the clients wait in its place.
struct SimulatedDatabase: Equatable, Sendable {
  /// In the order in which they began; a ticket is an index.
  private(set) var computations: [Computation] = []
  private(set) var inFlight = 0
  private(set) var mostInFlight = 0

  /// A computation begins. Returns its ticket.
  mutating func begin(at time: UInt64) -> Int {
    computations.append(Computation(start: time))
    inFlight += 1
    mostInFlight = max(mostInFlight, inFlight)
    return computations.count - 1
  }

  /// A computation is done; each ticket once.
  mutating func finish(_ ticket: Int, at time: UInt64) {
    precondition(computations[ticket].end == nil, "a ticket is finished once")
    computations[ticket].end = time
    inFlight -= 1
  }

  /// The same with times counted from a later beginning.
  func shifted(by beginning: UInt64) -> SimulatedDatabase {
    var result = self
    result.computations = computations.map {
      Computation(start: $0.start - beginning, end: $0.end.map { $0 - beginning })
    }
    return result
  }
}
