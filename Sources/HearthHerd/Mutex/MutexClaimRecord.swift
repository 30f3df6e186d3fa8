/// What the table keeps for a claim: whose it is, of which key, and the neighbours in the list of waiters.
struct MutexClaimRecord: SlabElement {
  var next: UInt32 = 0
  var previous: UInt32 = 0
  let hold: UInt32
  let peer: UInt64
  /// Never used twice; 0 while the place is free.
  var serial: UInt64

  func claim(_ number: UInt32) -> MutexClaim { MutexClaim(number: number, serial: serial) }
}
