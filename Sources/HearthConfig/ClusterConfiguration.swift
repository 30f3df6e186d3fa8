/// The nodes that keep pools together. The same on every node but for `own`.
public struct ClusterConfiguration: Sendable, Equatable {
  /// One hearthd.
  public struct Node: Sendable, Equatable {
    /// Unique; 1...64 letters, digits, `-`, `_` and `.`.
    public var name: String
    /// Where its clients connect, as they write it: keys are spread by this text.
    public var address: Address
    /// Where other nodes connect.
    public var peer: Address
    /// Share of the keys in proportion to the others', 1...1000.
    public var weight: UInt32
    /// Where it stands: copies in the same zone are read first. Empty: nobody said.
    public var zone: String

    /// A node of these parts.
    public init(name: String, address: Address, peer: Address, weight: UInt32 = 1, zone: String = "") {
      self.name = name
      self.address = address
      self.peer = peer
      self.weight = weight
      self.zone = zone
    }
  }

  /// A host and a port.
  public struct Address: Sendable, Equatable, CustomStringConvertible {
    /// A literal, or a name.
    public var host: String
    /// 1...65535.
    public var port: UInt16

    /// An address.
    public init(host: String, port: UInt16) {
      self.host = host
      self.port = port
    }

    /// `10.0.0.1:11211`, `[::1]:11211`.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
  }

  /// Where an etcd keeps the view.
  public struct Etcd: Sendable, Equatable {
    /// Its members, at least one, in the order in which they are tried.
    public var endpoints: [Address]
    /// What every key of hearth's in it begins with.
    public var prefix = "/hearth/"
    /// Who logs in; nil: it asks nobody.
    public var user: String?
    /// File with the user's password; there if `user` is.
    public var passwordFile: String?
    /// Milliseconds that a connection or an answer is waited for, 50...10,000.
    public var timeout = 1000

    /// An etcd with these members.
    public init(endpoints: [Address]) { self.endpoints = endpoints }
  }

  /// Most nodes.
  public static let nodeLimit = 64

  /// All nodes, this one too; `PoolConfiguration.copies` counts from 0 in here.
  public var nodes: [Node]
  /// Which of them this is.
  public var own: Int
  /// File with what nodes know each other by; nil: they are all on this machine.
  public var secretFile: String?
  /// Milliseconds that an answer of another node is waited for, 10...60,000.
  public var peerTimeout = 500
  /// Milliseconds after which a node that owes an acknowledgement is dropped from the ready ones, 300...60,000.
  public var degradeAfter = 1000
  /// Bytes a second that a node sends to another one that loads its copy; 0: as many as it can.
  public var resyncRate = 0
  /// Bytes of memory for the journal of changes, from which a node that was away for a while catches up.
  public var journal = 64 << 20
  /// Two of the nodes that share a floating address; nil: there is none.
  public var standby: Standby?
  /// Tells this cluster from others that use the same etcd; named as nodes are.
  public var name = "default"
  /// Nil: there is none.
  public var etcd: Etcd?
  /// Absolute path of the file with what this node has to know after a restart; nil: it knows nothing then.
  public var stateFile: String?

  /// A cluster of these nodes.
  public init(nodes: [Node], own: Int) {
    self.nodes = nodes
    self.own = own
  }

  /// The node that this is.
  public var ownNode: Node { nodes[own] }
}
