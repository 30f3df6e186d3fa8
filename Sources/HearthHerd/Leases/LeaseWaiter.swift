/// A parked reader, in the list of its key, ordered by `giveUpAt`: the oldest first.
struct LeaseWaiter: SlabElement {
  var next: UInt32 = 0
  var previous: UInt32 = 0
  let entry: UInt32
  let seat: UInt64
  let reader: UInt64
  let giveUpAt: UInt64
  /// Never used twice: tells a ticket from those of earlier readers at this place. 0 while the place is free.
  var serial: UInt64

  func ticket(_ number: UInt32) -> WaitTicket {
    WaitTicket(reader: reader, seat: seat, waiter: number, serial: serial)
  }
}
