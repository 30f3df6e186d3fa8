/// A node of the map.
public struct MapNode: Hashable, Sendable {
  /// What operators call it. Unique; it stays with the node's number as long as the cluster lives.
  public var name: String
  /// Where it stands; empty if nobody said.
  public var zone: String
  /// Where its clients connect, as they write it.
  public var host: String
  /// Port that its clients connect to.
  public var port: UInt16
  /// Where other nodes connect.
  public var peerHost: String
  /// Port that other nodes connect to.
  public var peerPort: UInt16
  /// Share of the keys in proportion to the others', at least 1.
  public var weight: UInt32

  /// A node.
  public init(
    name: String, zone: String = "", host: String = "", port: UInt16 = 0, peerHost: String = "",
    peerPort: UInt16 = 0, weight: UInt32 = 1
  ) {
    self.name = name
    self.zone = zone
    self.host = host
    self.port = port
    self.peerHost = peerHost
    self.peerPort = peerPort
    self.weight = weight
  }

  /// Its part in a ring.
  public var ringMember: RingMember { RingMember(host: host, port: port, weight: weight) }

  /// Is it, but for its zone and its weight, the same?
  func isSamePlace(as other: MapNode) -> Bool {
    name == other.name && host == other.host && port == other.port && peerHost == other.peerHost
      && peerPort == other.peerPort
  }
}
