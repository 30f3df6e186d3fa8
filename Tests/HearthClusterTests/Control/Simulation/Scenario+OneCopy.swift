@testable import HearthCluster

// Pools of one copy: alone, beside others, and on the way from one copy to two and back.
extension Scenario {
  private static func map(_ nodes: Int, _ pools: [[NodeSet]], weights: [UInt32] = []) -> ClusterMap {
    ClusterMap(
      nodes: Self.nodes(nodes, weights: weights),
      pools: pools.enumerated().map { MapPool(name: "p\($0)", copies: $1) })
  }

  /// Nothing has a second copy: whoever loses its memory loses its keys, and those alone.
  static let alone: Scenario = {
    var scenario = Scenario(name: "one copy", map: map(2, [[[0, 1]]]), founders: [0])
    scenario.maps = [
      map(3, [[[0, 1, 2]]]), map(3, [[[1, 2]]]), map(2, [[[0, 1]]], weights: [3, 1]), map(2, [[[0]]]),
      scenario.map,
    ]
    return scenario
  }()
  static let aloneManual: Scenario = {
    var scenario = alone
    scenario.name = "one copy without a store"
    scenario.settings.authority = .operator
    scenario.faults = [.reset, .cut, .isolation, .restart, .crash, .pause, .clockStep, .change]
    return scenario
  }()
  /// A pool with copies takes nodes out of the view that fail, whatever they have of the other one.
  static let beside: Scenario = {
    var scenario = Scenario(
      name: "one copy beside two", map: map(3, [[[0], [1]], [[0, 1, 2]]]), founders: [0])
    scenario.maps = [
      map(3, [[[0], [1]], [[1, 2]]]), map(3, [[[0], [2]], [[0, 2]]]), map(4, [[[0], [1]], [[0, 1, 2, 3]]]),
      map(4, [[[0, 3], [1]], [[2, 3]]]), scenario.map,
    ]
    return scenario
  }()
  /// From one copy to two and back, and to one copy elsewhere.
  static let doubling: Scenario = {
    var scenario = Scenario(name: "one copy and two", map: map(2, [[[0]]]), founders: [0])
    scenario.maps = [
      map(2, [[[0], [1]]]), map(2, [[[0, 1]]]), map(3, [[[0, 1], [2]]]), map(3, [[[2]]]), scenario.map,
    ]
    return scenario
  }()
  static let doublingHasty: Scenario = {
    var scenario = doubling
    scenario.name = "one copy and two, hasty"
    scenario.settings.failureAfter = 120
    scenario.settings.degradeAfter = 200
    return scenario
  }()
  /// A pair, and a pool that both halves share.
  static let pairBeside: Scenario = {
    var scenario = Scenario(name: "pair with one copy beside", map: pair.map, founders: [0])
    scenario.map.pools.append(MapPool(name: "q", copies: [[0, 1]]))
    return scenario
  }()

  static let sole = [alone, aloneManual, beside, doubling, doublingHasty, pairBeside]
}
