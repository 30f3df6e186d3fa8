/// Events in the order of their times, those of the same time in the order in which they were added.
struct SimQueue {
  private struct Entry {
    var time: Int
    var number: Int
    var event: SimEvent
  }

  private var heap: [Entry] = []
  private var number = 0

  var nextTime: Int? { heap.first?.time }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    heap[a].time != heap[b].time ? heap[a].time < heap[b].time : heap[a].number < heap[b].number
  }

  mutating func add(_ event: SimEvent, at time: Int) {
    number += 1
    heap.append(Entry(time: time, number: number, event: event))
    var place = heap.count - 1
    while place > 0, isBefore(place, (place - 1) / 2) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func take() -> SimEvent {
    heap.swapAt(0, heap.count - 1)
    let event = heap.removeLast().event
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count && isBefore(child, least) {
        least = child
      }
      if least == place { return event }
      heap.swapAt(place, least)
      place = least
    }
  }
}
