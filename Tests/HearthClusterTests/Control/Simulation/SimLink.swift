/// A connection between two nodes, in both directions.
struct SimLink {
  var first: Int
  var second: Int
  /// Ends that have it open.
  var isOpen: (first: Bool, second: Bool) = (true, true)
  /// When the last message for an end arrives: none overtakes another.
  var lastArrival: (first: Int, second: Int) = (0, 0)
  /// What was sent while the way was cut; it arrives when that is over.
  var held: [(to: Int, message: SimMessage)] = []

  func isOpen(at node: Int) -> Bool { node == first ? isOpen.first : isOpen.second }

  mutating func close(at node: Int) {
    if node == first { isOpen.first = false } else { isOpen.second = false }
  }

  /// When a message that is sent now with this delay arrives at `node`.
  mutating func arrival(at node: Int, _ time: Int) -> Int {
    let arrival = max(time, node == first ? lastArrival.first : lastArrival.second)
    if node == first { lastArrival.first = arrival } else { lastArrival.second = arrival }
    return arrival
  }
}
