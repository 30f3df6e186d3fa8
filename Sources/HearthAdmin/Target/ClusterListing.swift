/// A cluster as one of its nodes sees it, as `GET /v1/cluster` tells it.
public struct ClusterListing: Equatable, Sendable {
  /// Its name in the configuration.
  public var name: String
  /// The node that tells this.
  public var node: String
  /// Number of the view that it goes by; 0 before the first.
  public var view: UInt64
  /// Where views become durable: `etcd` or `file`.
  public var store: String
  /// What is wrong with that; empty: nothing.
  public var trouble: String
  /// What of a change of the map is under way: `none`, `loading` (nodes load what they gain), `ending` (the new map is in force), or
  /// `removing` (this node removes what is not its own any more).
  public var change = "none"
  /// The map of this node's file is the cluster's.
  public var isFileCurrent = true
  /// All nodes that own keys or are connected, in the order of their numbers.
  public var nodes: [Node]
  /// The pairs with a floating address.
  public var pairs: [Pair]

  /// A listing of these parts.
  public init(
    name: String, node: String, view: UInt64, store: String, trouble: String, nodes: [Node],
    pairs: [Pair]
  ) {
    self.name = name
    self.node = node
    self.view = view
    self.store = store
    self.trouble = trouble
    self.nodes = nodes
    self.pairs = pairs
  }

  /// Two nodes, one of which has the floating address.
  public struct Pair: Equatable, Sendable {
    /// Their names.
    public var nodes: [String]
    /// The name of the active one.
    public var active: String

    /// A pair of these parts.
    public init(nodes: [String], active: String) {
      self.nodes = nodes
      self.active = active
    }
  }

  /// One node.
  public struct Node: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// Where it stands; empty: nobody said.
    public var zone: String
    /// Where its clients connect.
    public var address: String
    /// `empty`, `syncing`, `warm`, `active` or `down`; `outside` if it owns no keys.
    public var state: String
    /// Names the data that make it ready; 0: it is not.
    public var incarnation: UInt64
    /// Number of the view in which it became ready; 0: it is not.
    public var since: UInt64
    /// Number of the view in which it last became primary of keys; 0: it is primary of none.
    public var epoch: UInt64
    /// How far its copy is behind this node's records; nil: this node does not feed it.
    public var lag: Lag?
    /// The copying of everything that is under way; nil: none is.
    public var resync: Resync?
    /// Has another ready node each key of it? False: it holds some as the only one.
    public var isProtected: Bool
    /// While the map changes: has it all that it gains?
    public var isComplete = true

    /// A node of these parts.
    public init(
      name: String, zone: String, address: String, state: String, incarnation: UInt64, since: UInt64,
      epoch: UInt64, lag: Lag?, resync: Resync?, isProtected: Bool
    ) {
      self.name = name
      self.zone = zone
      self.address = address
      self.state = state
      self.incarnation = incarnation
      self.since = since
      self.epoch = epoch
      self.lag = lag
      self.resync = resync
      self.isProtected = isProtected
    }
  }

  /// What a copy has not acknowledged yet.
  public struct Lag: Equatable, Sendable {
    /// Records.
    public var records: UInt64
    /// Age of the oldest of them.
    public var milliseconds: UInt64

    /// A lag of these parts.
    public init(records: UInt64, milliseconds: UInt64) {
      self.records = records
      self.milliseconds = milliseconds
    }
  }

  /// How far the copying of everything is.
  public struct Resync: Equatable, Sendable {
    /// Items that were sent.
    public var items: UInt64
    /// Bytes that were sent.
    public var bytes: UInt64
    /// Of what there is to walk over, 0 to 100.
    public var percent: UInt64
    /// Seconds that it will take yet; nil: not known.
    public var secondsLeft: UInt64?

    /// A progress of these parts.
    public init(items: UInt64, bytes: UInt64, percent: UInt64, secondsLeft: UInt64?) {
      self.items = items
      self.bytes = bytes
      self.percent = percent
      self.secondsLeft = secondsLeft
    }
  }
}
