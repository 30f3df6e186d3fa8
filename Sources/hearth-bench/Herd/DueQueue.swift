/// When each client has to do something next: a binary heap of times. Owned by one thread. Adding and taking cost
/// O(log n).
struct DueQueue {
  private struct Entry {
    let time: UInt64
    let client: Int
  }

  private var entries: [Entry] = []

  /// The earliest time.
  var next: UInt64? { entries.first?.time }

  mutating func add(_ client: Int, at time: UInt64) {
    var i = entries.count
    entries.append(Entry(time: time, client: client))
    while i > 0, entries[(i - 1) / 2].time > entries[i].time {
      entries.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  /// Takes out the client with the earliest time if that has come.
  mutating func take(until now: UInt64) -> Int? {
    guard let first = entries.first, first.time <= now else { return nil }
    let last = entries.removeLast()
    if entries.isEmpty { return first.client }
    entries[0] = last
    var i = 0
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2]
      where child < entries.count && entries[child].time < entries[least].time {
        least = child
      }
      if least == i { return first.client }
      entries.swapAt(i, least)
      i = least
    }
  }
}
