/// A write that is about to happen.
public struct WriteRequest: Sendable {
  /// Who writes, as in `ReadRequest`.
  public var reader: UInt64
  /// The CAS that an `ms` gave with C, 0 without.
  public var token: UInt64
  /// Clock of the last bump of a group that covers the key. 0: none.
  public var validFrom: UInt64
  /// Until when sets of the key are refused because of that bump. 0: they are not.
  public var heldOffUntil: UInt64

  /// A write by a connection.
  @inlinable @inline(__always)
  public init(reader: UInt64, token: UInt64 = 0, validFrom: UInt64 = 0, heldOffUntil: UInt64 = 0) {
    self.reader = reader
    self.token = token
    self.validFrom = validFrom
    self.heldOffUntil = heldOffUntil
  }
}
