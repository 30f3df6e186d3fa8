/// Generations of pools that several nodes keep: one of them numbers the bumps.
extension Pool {
  /// Nothing is numbered here before `leadGenerations`, or before another node's number has come. Before anybody uses the pool.
  public func beginWithoutNumbers() { state.pointee.generations?.beginWithoutNumbers() }

  /// It waits for its first number: what is written now is void when that comes.
  public var isUnnumbered: Bool { state.pointee.generations?.clock == 0 }

  /// A number has come from another node, or was given here.
  public var hasHeardGenerations: Bool { state.pointee.generations?.hasHeard ?? false }

  /// What stands for a group between nodes, never 0 but for the whole pool.
  public static func groupHash(_ group: UnsafeRawBufferPointer) -> UInt64 {
    guard let start = group.baseAddress, group.count > 0 else { return 0 }
    return GenerationPointer.hash(start, group.count)
  }

  /// Bumps a group by its hash; 0: the whole pool.
  public func bump(hash: UInt64, time: UInt64) -> BumpOutcome {
    guard let table = state.pointee.generations else { return .noMemory }
    return table.bump(hash: hash, time: time, note: note) { settle(growth: $0) }
  }

  /// Makes a group void as another node did, by the bump's hash and clock there, where keys have copies. In any order.
  public func bumpAsCopy(hash: UInt64, clock: UInt64, time: UInt64) {
    state.pointee.generations?.apply(hash: hash, clock: clock, time: time) { settle(growth: $0) }
  }

  /// Makes a group void where this node is primary of keys, with the number that another one has given. False, and nothing is done: the
  /// clock here is as far already. The clock must not be far from the number.
  public func bumpAsOwner(hash: UInt64, clock: UInt64, time: UInt64) -> Bool {
    state.pointee.generations?.applyAsOwner(hash: hash, clock: clock, time: time, note: note) {
      settle(growth: $0)
    } ?? false
  }

  /// A node that is primary of keys which are copied here from now on had come to that number: what it has forgotten is not missed.
  public func followGenerations(clock: UInt64) { state.pointee.generations?.follow(clock) }

  /// This node is primary of keys from now on, and another one numbers the bumps.
  public func ownGenerations() { state.pointee.generations?.own() }

  /// This node numbers the bumps from now on: above all numbers that another one may have given, of which the highest that is known by
  /// others is `number`.
  public func leadGenerations(above number: UInt64 = 0) { state.pointee.generations?.lead(above: number) }

  /// The number is so far from the clock that stamps of before would lose their meaning: what is stored has to go with `raiseGenerations`.
  public func isFarGeneration(_ number: UInt64) -> Bool {
    state.pointee.generations?.isFar(number) ?? false
  }

  /// The clock goes to a number that another node has given, if it is not further.
  public func raiseGenerations(to number: UInt64) { state.pointee.generations?.raise(to: number, note: note) }
}
