extension ClusterConfiguration {
  /// Two nodes, one of which answers at an address that moves between them.
  public struct Standby: Sendable, Equatable {
    /// Number of the node that is active in the first view.
    public var first: Int
    /// Number of the other one.
    public var second: Int
    /// The floating address: an IPv4 or IPv6 literal in its usual form, without a port.
    public var address: String
    /// Absolute path of the file that tells keepalived how far this node is.
    public var roleFile: String

    /// A pair of these parts.
    public init(first: Int, second: Int, address: String, roleFile: String) {
      self.first = first
      self.second = second
      self.address = address
      self.roleFile = roleFile
    }
  }

  /// The pair, if this node is one of the two.
  public var ownStandby: Standby? {
    guard let standby, standby.first == own || standby.second == own else { return nil }
    return standby
  }
}
