import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthNet

/// The nodes that this process has heard of, from its file or from a view. Each has a number of its own here, which stays as long as
/// the process lives: connections, streams and rulings go by these, views by their own. Any thread reads; they are added by
/// one thread at a time, under a lock, and never removed.
final class NodeDirectory: @unchecked Sendable {
  /// Most nodes.
  static let limit = 64

  /// What is known of a node. Constant; a new one takes its place when a node comes back elsewhere.
  struct Entry {
    let node: MapNode
    /// Where it listens for others; nil: its name leads nowhere.
    let address: SocketAddress?
  }

  private let entries: UnsafeMutablePointer<UnsafePointer<Entry>>
  private let lockWord: UnsafeMutablePointer<UInt32>
  /// Atomic: how many there are; which of them connections are made to; which are in this node's zone.
  private let words: UnsafeMutablePointer<UInt64>
  private let zone: String

  /// The nodes of a file, numbered as they stand there.
  init(_ cluster: ClusterConfiguration) throws(ServerError) {
    entries = .allocate(capacity: Self.limit)
    lockWord = .allocate(capacity: 1)
    lockWord.initialize(to: 0)
    words = .allocate(capacity: 3)
    words.initialize(repeating: 0, count: 3)
    zone = cluster.ownNode.zone
    for node in cluster.nodes {
      let number = add(MapNode(node))
      guard let number, entries[number].pointee.address != nil else {
        throw ServerError("cannot find out the address of node \(node.name), \(node.peer.host)")
      }
    }
  }

  /// How many there are.
  @inline(__always)
  var count: Int { Int(hearth_atomic_acquire64(words)) }

  /// Nodes that connections are made to.
  var wanted: NodeSet {
    get { NodeSet(bits: hearth_atomic_load64(words + 1)) }
    set { hearth_atomic_store64(words + 1, newValue.bits) }
  }

  /// Nodes in this one's zone.
  @inline(__always)
  var near: NodeSet { NodeSet(bits: hearth_atomic_load64(words + 2)) }

  /// What is known of a node.
  subscript(number: Int) -> Entry {
    UnsafePointer<Entry>(bitPattern: UInt(hearth_atomic_acquire64(entries + number))).unsafelyUnwrapped
      .pointee
  }

  /// A node's number; nil: it was never heard of.
  func number(of name: String) -> Int? { (0..<count).first { self[$0].node.name == name } }

  /// The number of a node, which may be new, or elsewhere than before; nil: there are too many. Looks its name up, if it is none of
  /// numbers, and waits for that.
  @discardableResult
  func add(_ added: MapNode) -> Int? {
    var node = added
    // A matter of maps.
    node.weight = 1
    hearth_lock(lockWord)
    defer { hearth_unlock(lockWord) }
    let known = number(of: node.name)
    if let known, self[known].node == node, self[known].address != nil { return known }
    let number = known ?? count
    if number == Self.limit { return nil }
    let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
    let address = try? SocketAddress.resolve(node.peerHost, node.peerPort).first
    entry.initialize(to: Entry(node: node, address: address))
    // The one before stays where it is for ever: somebody may be reading it.
    hearth_atomic_release64(entries + number, UInt64(UInt(bitPattern: entry)))
    var near = self.near
    if !zone.isEmpty && node.zone == zone { near.insert(number) } else { near.remove(number) }
    hearth_atomic_store64(words + 2, near.bits)
    if known == nil {
      var wanted = self.wanted
      wanted.insert(number)
      self.wanted = wanted
      hearth_atomic_release64(words, UInt64(number + 1))
    }
    return number
  }
}

extension MapNode {
  /// A node of a file.
  init(_ node: ClusterConfiguration.Node) {
    self.init(
      name: node.name, zone: node.zone, host: node.address.host, port: node.address.port,
      peerHost: node.peer.host, peerPort: node.peer.port, weight: node.weight)
  }
}
