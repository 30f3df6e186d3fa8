import HearthConfig
import Testing

@testable import HearthCluster
@testable import HearthServer

/// Where requests go, and when writes are acknowledged, by a ruling.
@Suite struct RulingTests {
  private static let map = ClusterMap(
    nodes: ["a", "b", "c"].map { MapNode(name: $0) }, pools: [MapPool(name: "p", copies: [[0], [1, 2]])])

  /// The ruling of node `own` in which `ready` are ready. Leases last until 1000.
  private func ruling(
    own: Int = 0, ready: [Int] = [0, 1, 2], required: NodeSet? = nil, state: NodeState = .warm,
    accepts: Bool = true, from: UInt64 = 0, until: UInt64 = .max
  ) -> Ruling {
    var change = ViewChange()
    change.joining = ready.map { ($0, UInt64($0) + 1) }
    let decision = Decision(
      view: View(map: Self.map).successor(number: 3, change), state: state, acceptsWrites: accepts, epoch: 3,
      required: required ?? NodeSet(ready), acknowledgeFrom: from, acknowledgeUntil: until,
      readUntil: [1000, 1000, 1000], isUnprotected: false)
    let numbers = NodeNumbers([0, 1, 2])
    return Ruling(
      decision, own: own, mapPools: [0], numbers: numbers,
      places: KeyPlaces(decision.view, pools: [0], numbers))
  }

  @Test func `a write goes to the primary`() {
    let here = ruling()
    #expect(
      here.route(owners: [0, 1], primary: 0, changes: true, minimumReady: 1, near: [], now: 999) == .here)
    // The lease on its own keys has ended.
    #expect(
      here.route(owners: [0, 1], primary: 0, changes: true, minimumReady: 1, near: [], now: 1000) == .nowhere)
    let refuses = ruling(accepts: false)
    #expect(
      refuses.route(owners: [0, 1], primary: 0, changes: true, minimumReady: 1, near: [], now: 1) == .nowhere)
    let elsewhere = ruling(own: 1)
    #expect(
      elsewhere.route(owners: [0, 1], primary: 0, changes: true, minimumReady: 1, near: [1], now: 1)
        == .node(0))
    #expect(
      elsewhere.route(
        owners: [0, 1], primary: 0, changes: true, minimumReady: 1, near: [], failed: [0], now: 1)
        == .nowhere)
    #expect(
      elsewhere.route(owners: [0, 1], primary: nil, changes: true, minimumReady: 1, near: [], now: 1)
        == .nowhere)
  }

  @Test func `a write needs as many ready owners as the pool says`() {
    let alone = ruling(ready: [0, 2])
    #expect(
      alone.route(owners: [0, 1], primary: 0, changes: true, minimumReady: 2, near: [], now: 1)
        == .tooFewCopies)
    #expect(
      alone.route(owners: [0, 2], primary: 0, changes: true, minimumReady: 2, near: [], now: 1) == .here)
    #expect(
      alone.route(owners: [0, 1], primary: 0, changes: false, minimumReady: 2, near: [], now: 1) == .here)
  }

  @Test func `a read is answered by any owner with a lease, else by the nearest`() {
    let copy = ruling(own: 1)
    #expect(
      copy.route(owners: [0, 1], primary: 0, changes: false, minimumReady: 1, near: [], now: 999) == .here)
    // Without the lease of the primary it is passed on, and to it alone.
    #expect(
      copy.route(owners: [0, 1], primary: 0, changes: false, minimumReady: 1, near: [], now: 1000) == .node(0)
    )
    let stranger = ruling(own: 2)
    func route(near: NodeSet, failed: NodeSet = []) -> Route {
      stranger.route(
        owners: [0, 1], primary: 0, changes: false, minimumReady: 1, near: near, failed: failed, now: 1)
    }
    #expect(route(near: []) == .node(0))
    #expect(route(near: [1, 2]) == .node(1))
    #expect(route(near: [0, 1]) == .node(0))
    #expect(route(near: [], failed: [0]) == .node(1))
    #expect(route(near: [], failed: [0, 1]) == .nowhere)
    // A node that is not ready is not asked.
    let reduced = ruling(own: 2, ready: [0, 2])
    #expect(
      reduced.route(owners: [0, 1], primary: 0, changes: false, minimumReady: 1, near: [1], now: 1)
        == .node(0))
  }

  @Test func `a node that has not all of its keys answers no reads`() {
    for state in [NodeState.empty, .syncing] {
      let ruling = ruling(own: 1, state: state)
      #expect(
        ruling.route(owners: [0, 1], primary: 0, changes: false, minimumReady: 1, near: [], now: 1)
          == .node(0))
    }
  }

  // ---- acknowledgement

  private func replication() throws -> Replication {
    let nodes = (1...3).map {
      ClusterConfiguration.Node(
        name: "n\($0)", address: .init(host: "127.0.0.\($0)", port: 1),
        peer: .init(host: "127.0.0.\($0)", port: 2))
    }
    var cluster = ClusterConfiguration(nodes: nodes, own: 0)
    cluster.journal = 1 << 20
    var pool = PoolConfiguration(name: "p", memory: 8 << 20)
    pool.copies = [[0], [1, 2]]
    return try Replication(cluster, [pool], NodeDirectory(cluster), workers: 1)
  }

  @Test func `a write is acknowledged when every required owner has it`() throws {
    let replication = try replication()
    let ruling = ruling()
    func outcome(_ owners: NodeSet) -> WaitOutcome {
      ruling.outcome(5, owners, minimumReady: 1, isAsync: false, now: 1, replication)
    }
    #expect(outcome([0, 1]) == .waits)
    replication.setAcknowledged(4, by: 1)
    #expect(outcome([0, 1]) == .waits)
    replication.setAcknowledged(5, by: 1)
    #expect(outcome([0, 1]) == .acknowledged)
    // The owners of several keys.
    #expect(outcome([0, 1, 2]) == .waits)
    replication.setAcknowledged(9, by: 2)
    #expect(outcome([0, 1, 2]) == .acknowledged)
  }

  @Test func `nobody waits for a node that is not required, but min_ready counts`() throws {
    let replication = try replication()
    let alone = ruling(ready: [0], required: [0])
    #expect(alone.outcome(5, [0, 1], minimumReady: 1, isAsync: false, now: 1, replication) == .acknowledged)
    #expect(alone.outcome(5, [0, 1], minimumReady: 2, isAsync: false, now: 1, replication) == .waits)
  }

  @Test func `times bound what is acknowledged`() throws {
    let replication = try replication()
    replication.setAcknowledged(5, by: 1)
    func outcome(_ now: UInt64) -> WaitOutcome {
      ruling(from: 100, until: 200).outcome(
        5, [0, 1], minimumReady: 1, isAsync: false, now: now, replication)
    }
    #expect([99, 100, 199, 200].map(outcome) == [.waits, .acknowledged, .acknowledged, .waits])
    let lost = ruling(state: .syncing)
    #expect(lost.outcome(5, [0, 1], minimumReady: 1, isAsync: false, now: 1, replication) == .lost)
  }

  @Test func `an async write waits for this node's lease alone`() throws {
    let replication = try replication()
    #expect(
      ruling().outcome(5, [0, 1], minimumReady: 1, isAsync: true, now: 999, replication) == .acknowledged)
    #expect(ruling().outcome(5, [0, 1], minimumReady: 1, isAsync: true, now: 1000, replication) == .waits)
  }
}
