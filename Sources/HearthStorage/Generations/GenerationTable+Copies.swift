import CHearth

/// Pools with copies: one node at a time numbers the bumps, the others go by its numbers.
///
/// An item keeps the stamp that it has at its primary, and a bump its clock, so what is void is the same everywhere, in whatever order
/// items and bumps come. Only bumps have to keep theirs: no stamp is renewed here beyond the last one that came.
extension UnsafeMutablePointer<GenerationTable> {
  /// Numbers that may have been given by a node that is lost, and of which this one does not know, at most.
  private static var leap: UInt64 { 1 << 22 }

  /// The table's numbers will be another node's, or begin when this one leads.
  func beginWithoutNumbers() {
    pointee.clock = 0
    pointee.floors.update(repeating: 0, count: GenerationTable.floorCount)
  }

  /// A copy with that stamp has come.
  func see(_ stamp: UInt64) {
    while true {
      let seen = hearth_atomic_load64(&pointee.seen)
      if stamp <= seen || stamp > UInt64(Int64.max) { return }
      if hearth_atomic_cas64(&pointee.seen, seen, stamp) != 0 { return }
    }
  }

  /// The clock of the node that is followed. Groups that it has forgotten have at most that number.
  func follow(_ number: UInt64) {
    hearth_lock(&pointee.clockLock)
    defer { hearth_unlock(&pointee.clockLock) }
    if number > clock { hearth_atomic_release64(&pointee.clock, number) }
    raiseFloors(to: number)
  }

  /// The clock leaps over what others may have given out.
  func lead() {
    hearth_lock(&pointee.clockLock)
    defer { hearth_unlock(&pointee.clockLock) }
    if clock == 0 {
      let first = GenerationTable.firstClock
      hearth_atomic_release64(&pointee.clock, first)
      raiseFloors(to: first)
    } else {
      let known = Swift.max(clock, hearth_atomic_load64(&pointee.seen))
      hearth_atomic_release64(&pointee.clock, known + Self.leap)
    }
  }

  private func raiseFloors(to number: UInt64) {
    for i in 0..<GenerationTable.floorCount {
      let floor = pointee.floors + i
      if hearth_atomic_load64(floor) < number { hearth_atomic_store64(floor, number) }
    }
  }
}
