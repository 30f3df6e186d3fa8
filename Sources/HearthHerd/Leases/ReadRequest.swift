/// One read of one key.
public struct ReadRequest: Sendable {
  /// Who reads: the name of a connection, to whichever node it leads, never used twice. 0 is somebody who cannot be recognised.
  public var reader: UInt64
  /// The command.
  public var command: ReadCommand
  /// The reader can wait for its answer. False for UDP.
  public var mayPark: Bool
  /// The reader holds a lease, of any key anywhere (`ReaderLeases`): it is not parked, or two readers could
  /// wait for each other.
  public var holdsLease: Bool
  /// A meta client said with flags of its own (N, R) what it wants: the pool's rule does not apply.
  public var isExplicit: Bool
  /// Comes back with the ticket: where the caller keeps the reader while it waits.
  public var seat: UInt64
  /// When a reader that was parked, and looks again, stops waiting; from the action's `until`. 0: it looks
  /// for the first time.
  public var giveUpAt: UInt64
  /// The pool's generation clock; 0 in pools without generations.
  public var clock: UInt64
  /// Clock of the last bump of a group that covers the key: a lease given before it is void. 0: none.
  public var validFrom: UInt64
  /// Until when sets of the key are refused because of that bump. 0: they are not.
  public var heldOffUntil: UInt64

  /// A first read by a connection in a pool without generations, unless told otherwise.
  @inlinable @inline(__always)
  public init(
    _ command: ReadCommand, reader: UInt64, mayPark: Bool = true, holdsLease: Bool = false,
    isExplicit: Bool = false, seat: UInt64 = 0, giveUpAt: UInt64 = 0, clock: UInt64 = 0,
    validFrom: UInt64 = 0, heldOffUntil: UInt64 = 0
  ) {
    self.command = command
    self.reader = reader
    self.mayPark = mayPark
    self.holdsLease = holdsLease
    self.isExplicit = isExplicit
    self.seat = seat
    self.giveUpAt = giveUpAt
    self.clock = clock
    self.validFrom = validFrom
    self.heldOffUntil = heldOffUntil
  }
}
