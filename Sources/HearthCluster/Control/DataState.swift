/// Where the data path is, read after the actions of the call before were carried out.
public struct DataState: Sendable {
  /// Sequence of the node's last own record.
  public var appended: UInt64 = 0
  /// The log still has all own records beyond this one.
  public var logFloor: UInt64 = 0
  /// The last purge that has ended.
  public var purged: UInt64 = 0
  /// By node number.
  public var peers: [PeerProgress]

  /// Nothing has happened yet.
  public init(nodes: Int) { peers = Array(repeating: PeerProgress(), count: nodes) }
}
