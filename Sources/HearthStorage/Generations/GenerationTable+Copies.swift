import CHearth

/// Pools of several nodes: one node at a time numbers the bumps, the others go by its numbers.
///
/// An item keeps the stamp that it has at its primary, and a bump its clock, so what is void is the same everywhere, in whatever order
/// items and bumps come to a copy. A primary's *clock* goes from number to number in their order, so all bumps up to it that were ever
/// answered are known where it is used: for what is written, and to renew what is valid. What copies hear of raises `known` alone.
extension UnsafeMutablePointer<GenerationTable> {
  /// Numbers that may have been given by a node that is lost, and of which this one does not know, at most.
  private static var leap: UInt64 { 1 << 22 }
  /// Stamps have 32 bits: a clock must not go further at once over items that stay.
  private static var stride: UInt64 { 1 << 30 }

  /// The table's numbers will be another node's, or begin when this one leads.
  func beginWithoutNumbers() {
    pointee.clock = 0
    pointee.known = 0
    pointee.floors.update(repeating: 0, count: GenerationTable.floorCount)
  }

  /// Is any number known here, or an item that has one?
  var hasHeard: Bool { known != 0 || hearth_atomic_load64(&pointee.seen) != 0 }

  /// A copy with that stamp has come.
  func see(_ stamp: UInt64) {
    while true {
      let seen = hearth_atomic_load64(&pointee.seen)
      if stamp <= seen || stamp > UInt64(Int64.max) { return }
      if hearth_atomic_cas64(&pointee.seen, seen, stamp) != 0 { return }
    }
  }

  private func locked<R>(_ body: () -> R) -> R {
    hearth_lock(&pointee.clockLock)
    defer { hearth_unlock(&pointee.clockLock) }
    return body()
  }

  /// The clock of a node that is followed. Groups that it has forgotten have at most that number.
  func follow(_ number: UInt64) {
    locked {
      if number > known { hearth_atomic_release64(&pointee.known, number) }
      raiseFloors(to: number)
    }
  }

  /// This node is primary of keys from now on, and another one numbers: its clock is as far as all that it heard of.
  func own() {
    locked { advance(to: Swift.max(known, hearth_atomic_load64(&pointee.seen))) }
  }

  /// This node numbers from now on: the clock leaps over what others may have given out, of which the highest that was heard of elsewhere
  /// is `number`.
  func lead(above number: UInt64) {
    let heard = Swift.max(known, Swift.max(hearth_atomic_load64(&pointee.seen), number))
    if heard == 0 {
      let first = GenerationTable.firstClock
      return locked {
        advance(to: first)
        raiseFloors(to: first)
      }
    }
    raiseFloorsToEntries()
    locked {
      advance(to: heard + Self.leap)
      if number > 0 { raiseFloors(to: clock) }
    }
  }

  /// Stamps of before could not be told any more from those of after, if the clock went to that number.
  func isFar(_ number: UInt64) -> Bool {
    let clock = self.clock
    return number > clock && (clock == 0 || number - clock >= Self.stride)
  }

  /// The clock goes to another node's number, if it is not further. `note` as of a bump: copies have to know.
  func raise(to number: UInt64, note: (_ hash: UInt64, _ clock: UInt64) -> Void) {
    locked {
      if number <= clock { return }
      note(GenerationTable.noGroup, number)
      advance(to: number)
    }
  }

  /// What the lost node has answered for a group that it had forgotten may have been the number of another one.
  private func raiseFloorsToEntries() {
    for i in 0..<GenerationTable.partCount {
      let part = pointee.parts + i
      hearth_lock(&part.pointee.lock)
      GenerationTable.block(part)?.forEach { hash, bump in
        raiseFloor(Int(hash % UInt64(GenerationTable.floorCount)), to: bump.clock)
      }
      hearth_unlock(&part.pointee.lock)
    }
  }

  private func raiseFloors(to number: UInt64) {
    for i in 0..<GenerationTable.floorCount { raiseFloor(i, to: number) }
  }

  private func raiseFloor(_ place: Int, to number: UInt64) {
    let floor = pointee.floors + place
    if hearth_atomic_load64(floor) < number { hearth_atomic_store64(floor, number) }
  }
}
