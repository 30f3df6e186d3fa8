/// A node with a part of a ring.
public struct RingMember: Sendable, Equatable {
  /// As clients write it: the ring follows from the text, not from where a name leads.
  public let host: String
  /// Port that clients connect to.
  public let port: UInt16
  /// Share of the keys in proportion to the others', at least 1.
  public let weight: UInt32

  /// A member of a ring.
  public init(host: String, port: UInt16, weight: UInt32 = 1) {
    self.host = host
    self.port = port
    self.weight = weight
  }
}
