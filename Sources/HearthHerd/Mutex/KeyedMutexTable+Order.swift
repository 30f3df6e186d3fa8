/// The order of deadlines: a list, because all holds last equally long. When the time-out becomes shorter,
/// the holds that were there get its end too, or the list would be out of order.
extension KeyedMutexTable {
  mutating func appendToOrder(_ number: UInt32, now: UInt64) {
    let hold = holds[number]
    hold.pointee.since = now
    hold.pointee.deadline = now + options.timeOut
    hold.pointee.earlier = latest
    hold.pointee.later = 0
    if latest == 0 { earliest = number } else { holds[latest].pointee.later = number }
    latest = number
    var before = hold.pointee.earlier
    while before != 0 && holds[before].pointee.deadline > hold.pointee.deadline {
      holds[before].pointee.deadline = hold.pointee.deadline
      before = holds[before].pointee.earlier
    }
  }

  mutating func removeFromOrder(_ number: UInt32) {
    let hold = holds[number]
    let (before, after) = (hold.pointee.earlier, hold.pointee.later)
    if before == 0 { earliest = after } else { holds[before].pointee.later = after }
    if after == 0 { latest = before } else { holds[after].pointee.earlier = before }
  }
}
