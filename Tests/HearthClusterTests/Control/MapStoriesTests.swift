import Testing

@testable import HearthCluster

/// Changes of the map without other faults, as an operator sees them.
@Suite("A map that changes, step by step")
struct MapStoriesTests {
  private static let before = ClusterMap(
    nodes: Scenario.nodes(3), pools: [MapPool(name: "p", copies: [[0], [1, 2]])])

  /// A cluster that is up; clients ask all the time.
  private func cluster(_ scenario: Scenario = .changing) -> Simulation {
    var scenario = scenario
    scenario.faults = []
    let simulation = Simulation(scenario, seed: 7)
    for node in simulation.nodes { simulation.queue.add(.start(node: node.number, dataKept: false), at: 1) }
    for a in simulation.nodes.indices {
      for b in 0..<a { simulation.queue.add(.connect(b, a), at: 10) }
    }
    simulation.queue.add(.command(node: 0, .bootstrap), at: 100)
    simulation.play(until: 1000)
    simulation.clientsEnd = 100_000
    simulation.queue.add(.client, at: 1000)
    simulation.play(until: 2000)
    return simulation
  }

  private func map(_ nodes: Int, _ copies: [NodeSet], weights: [UInt32] = []) -> ClusterMap {
    ClusterMap(nodes: Scenario.nodes(nodes, weights: weights), pools: [MapPool(name: "p", copies: copies)])
  }

  private func change(_ simulation: Simulation, to map: ClusterMap, at node: Int = 0) {
    simulation.queue.add(.command(node: node, .change(map)), at: simulation.time)
    simulation.play(until: simulation.time + 2500)
  }

  private func expectEnd(_ simulation: Simulation, _ copies: [NodeSet]) {
    #expect(simulation.isWhole)
    #expect(simulation.store.change == nil)
    #expect(simulation.store.map.pools[0].copies == copies)
    #expect(simulation.history.violation == nil)
    // Nobody has what is not his.
    for key in 0..<Simulation.keys {
      let owners = simulation.ownerSet(key, simulation.store)
      for node in simulation.nodes where !owners.contains(node.number) {
        #expect(node.items[key] == nil)
      }
    }
  }

  @Test func `a new node comes into a copy`() {
    let simulation = cluster()
    change(simulation, to: map(4, [[0, 3], [1, 2]]))
    expectEnd(simulation, [[0, 3], [1, 2]])
    #expect(simulation.nodes[3].decision?.acceptsWrites == true)
  }

  @Test func `a node that is taken out holds nothing and is counted on for nothing`() {
    let simulation = cluster()
    change(simulation, to: map(3, [[0], [2]]))
    expectEnd(simulation, [[0], [2]])
    #expect(simulation.store.ready == [0, 2])
    #expect(simulation.nodes[1].items.allSatisfy { $0 == nil })
  }

  @Test func `weights move keys between nodes of a copy`() {
    let simulation = cluster()
    change(simulation, to: map(3, [[0], [1, 2]], weights: [1, 5, 1]))
    expectEnd(simulation, [[0], [1, 2]])
    #expect(simulation.store.map.nodes[1].weight == 5)
  }

  @Test func `a copy comes and goes, and the first may go, too`() {
    let simulation = cluster()
    change(simulation, to: map(4, [[0], [1, 2], [3]]))
    expectEnd(simulation, [[0], [1, 2], [3]])
    change(simulation, to: map(4, [[3], [1, 2]]), at: 1)
    expectEnd(simulation, [[3], [1, 2]])
    #expect(simulation.store.ready == [1, 2, 3])
  }

  @Test func `while a new node cannot be reached, the change waits and can be taken back`() {
    let simulation = cluster()
    for node in 0..<3 { simulation.cut(node, 3, until: 100_000) }
    change(simulation, to: map(4, [[0, 3], [1, 2]]))
    #expect(simulation.store.isJoint)
    #expect(simulation.store.map.pools[0].copies == [[0], [1, 2]])
    let writes = simulation.history.writes
    simulation.queue.add(.command(node: 2, .cancelChange), at: simulation.time)
    simulation.play(until: simulation.time + 1000)
    #expect(simulation.store.change == nil && simulation.store.ready == [0, 1, 2])
    #expect(simulation.history.writes > writes)
    #expect(simulation.history.violation == nil)
  }

  @Test func `a change does not begin while another one is under way, or where files differ`() throws {
    let simulation = cluster()
    let control = simulation.nodes[0].control
    #expect(control.obstacle(to: map(3, [[0], [2]])) == nil)
    #expect(control.obstacle(to: map(3, [[0], [1, 2]])) == "the cluster has this map already")
    var other = control
    other.wanted = 5
    #expect(try #require(other.obstacle(to: map(3, [[0], [1]]))).contains("wants another map"))
    let renamed = ClusterMap(nodes: Scenario.nodes(3), pools: [MapPool(name: "q", copies: [[0], [1]])])
    #expect(try #require(control.obstacle(to: renamed)).contains("pools"))
    simulation.queue.add(.command(node: 0, .change(map(3, [[0], [2]]))), at: simulation.time)
    simulation.play(until: simulation.time + 100)
    #expect(try #require(simulation.nodes[1].control.obstacle(to: map(3, [[0], [1]]))) != "")
  }
}
