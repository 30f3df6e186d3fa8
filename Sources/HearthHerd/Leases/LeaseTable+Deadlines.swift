/// The order of deadlines: a binary heap of entry numbers, each entry knowing its place.
extension LeaseTable {
  /// Puts an entry where its ends say, or forgets it when it has none.
  mutating func settleDeadline(_ number: UInt32) {
    let entry = entries[number]
    if !entry.pointee.hasLease && entry.pointee.holdOffEnd == 0 { return remove(number) }
    var deadline = UInt64.max
    if entry.pointee.leaseEnd != 0 { deadline = entry.pointee.leaseEnd }
    if entry.pointee.holdOffEnd != 0 { deadline = min(deadline, entry.pointee.holdOffEnd) }
    if entry.pointee.firstWaiter != 0 {
      deadline = min(deadline, waiters[entry.pointee.firstWaiter].pointee.giveUpAt)
    }
    if deadline == entry.pointee.deadline { return }
    entry.pointee.deadline = deadline
    siftUp(number)
    siftDown(number)
  }

  func removeFromHeap(_ number: UInt32) {
    let heap = heap.unsafelyUnwrapped
    let last = heap[Int(occupied) - 1]
    if last == number { return }
    let place = entries[number].pointee.heapIndex
    heap[Int(place)] = last
    entries[last].pointee.heapIndex = place
    siftUp(last)
    siftDown(last, among: Int(occupied) - 1)
  }

  private func siftUp(_ number: UInt32) {
    let heap = heap.unsafelyUnwrapped
    let deadline = entries[number].pointee.deadline
    var place = Int(entries[number].pointee.heapIndex)
    while place > 0 {
      let parent = heap[(place - 1) / 2]
      if entries[parent].pointee.deadline <= deadline { break }
      heap[place] = parent
      entries[parent].pointee.heapIndex = UInt32(place)
      place = (place - 1) / 2
    }
    heap[place] = number
    entries[number].pointee.heapIndex = UInt32(place)
  }

  private func siftDown(_ number: UInt32, among count: Int? = nil) {
    let count = count ?? Int(occupied)
    let heap = heap.unsafelyUnwrapped
    let deadline = entries[number].pointee.deadline
    var place = Int(entries[number].pointee.heapIndex)
    while 2 * place + 1 < count {
      var least = 2 * place + 1
      if least + 1 < count
        && entries[heap[least + 1]].pointee.deadline < entries[heap[least]].pointee.deadline
      {
        least += 1
      }
      let child = heap[least]
      if deadline <= entries[child].pointee.deadline { break }
      heap[place] = child
      entries[child].pointee.heapIndex = UInt32(place)
      place = least
    }
    heap[place] = number
    entries[number].pointee.heapIndex = UInt32(place)
  }
}
