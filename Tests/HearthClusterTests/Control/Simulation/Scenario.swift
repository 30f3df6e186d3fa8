@testable import HearthCluster

/// What is simulated: a map, settings, and which faults happen.
struct Scenario {
  var name: String
  var map: ClusterMap
  /// Nodes that an operator starts the cluster with.
  var founders: [Int]
  var settings = ControlSettings()
  var minReady = 1
  var faults = FaultKind.allCases + [.change, .change]
  /// Length of the time with faults, milliseconds.
  var trouble = 4000
  /// Mean time between two faults, milliseconds.
  var faultEvery = 350
  var omitted: ControlRules = []
  /// A process knows what an earlier one had made durable.
  var hasStateFiles = true

  /// Maps that it may be changed to, of the same nodes or more.
  var maps: [ClusterMap] = []
  /// Nodes in any map.
  var nodeCount: Int { ([map] + maps).map(\.nodes.count).max()! }

  static func nodes(_ count: Int, weights: [UInt32] = []) -> [MapNode] {
    (0..<count).map {
      MapNode(name: "n\($0)", host: "n\($0)", port: 11211, weight: $0 < weights.count ? weights[$0] : 1)
    }
  }

  static let pair = Scenario(
    name: "pair",
    map: ClusterMap(
      nodes: nodes(2), pools: [MapPool(name: "p", copies: [[0], [1]])], pairs: [StandbyPair(0, 1)]),
    founders: [0])
  static let plainTwo = Scenario(
    name: "two copies", map: ClusterMap(nodes: nodes(2), pools: [MapPool(name: "p", copies: [[0], [1]])]),
    founders: [0])
  static let three = Scenario(
    name: "three copies",
    map: ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [1], [2]])]), founders: [0])
  static let square = Scenario(
    name: "two copies of two nodes",
    map: ClusterMap(nodes: nodes(4), pools: [MapPool(name: "p", copies: [[0, 1], [2, 3]])]), founders: [0, 1])
  static let crossed = Scenario(
    name: "two pools crosswise",
    map: ClusterMap(
      nodes: nodes(2),
      pools: [MapPool(name: "p", copies: [[0], [1]]), MapPool(name: "q", copies: [[1], [0]])]), founders: [0])
  static let crossedThree = Scenario(
    name: "two pools of three copies, crosswise",
    map: ClusterMap(
      nodes: nodes(3),
      pools: [MapPool(name: "p", copies: [[0], [1], [2]]), MapPool(name: "q", copies: [[1], [2], [0]])]),
    founders: [0])
  static let uneven = Scenario(
    name: "a copy of one node and one of two",
    map: ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [1, 2]])]), founders: [0])

  /// Two have to have a write, or it is refused.
  static let strict: Scenario = {
    var scenario = pair
    scenario.name = "pair, two copies required"
    scenario.minReady = 2
    return scenario
  }()
  /// The operator decides; faults do not take the keeper's memory.
  static let manual: Scenario = {
    var scenario = pair
    scenario.name = "pair without a store"
    scenario.settings.authority = .operator
    scenario.faults = [.reset, .cut, .isolation, .restart, .crash, .pause, .clockStep]
    return scenario
  }()
  /// What a lost process knew is in the store only, and clocks are set back.
  static let forgetful: Scenario = {
    var scenario = three
    scenario.name = "three copies without state files"
    scenario.hasStateFiles = false
    scenario.faults += [.clockStep, .clockStep]
    return scenario
  }()
  /// Nobody waits for acknowledgements: writes may be lost, but the copies end up equal.
  static let lagging: Scenario = {
    var scenario = three
    scenario.name = "three copies, async"
    scenario.settings.replication = .async
    return scenario
  }()

  /// A primary is given up before leases of its last pulse have ended.
  static let hasty: Scenario = {
    var scenario = three
    scenario.name = "three copies, hasty"
    scenario.settings.failureAfter = 120
    scenario.settings.degradeAfter = 200
    return scenario
  }()

  /// Nodes come into a copy and go, weights change.
  static let changing = Scenario(
    name: "a changing copy",
    map: ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [1, 2]])]),
    founders: [0],
    maps: [
      ClusterMap(nodes: nodes(4), pools: [MapPool(name: "p", copies: [[0, 3], [1, 2]])]),
      ClusterMap(nodes: nodes(4), pools: [MapPool(name: "p", copies: [[3], [1, 2]])]),
      ClusterMap(nodes: nodes(4), pools: [MapPool(name: "p", copies: [[0], [1, 2, 3]])]),
      ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [2]])]),
      ClusterMap(nodes: nodes(3, weights: [1, 3, 1]), pools: [MapPool(name: "p", copies: [[0], [1, 2]])]),
      ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[1, 2], [0]])]),
      ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0, 1], [2]])]),
    ])
  /// Copies come and go.
  static let copying: Scenario = {
    var scenario = Scenario(
      name: "changing copies",
      map: ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [1]])]), founders: [0])
    scenario.maps = [
      ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [1], [2]])]),
      ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[0], [2]])]),
      ClusterMap(nodes: nodes(3), pools: [MapPool(name: "p", copies: [[2], [1]])]),
      ClusterMap(nodes: nodes(4), pools: [MapPool(name: "p", copies: [[3], [1], [0]])]),
      scenario.map,
    ]
    return scenario
  }()
  /// Two pools that share some nodes. Faults have pauses between them: when a second primary is lost before its successors have the
  /// first one's last records, two nodes that cannot be spared may wait for each other, with or without a change of the map.
  static let changingTwo: Scenario = {
    var scenario = Scenario(
      name: "two pools, changing",
      map: ClusterMap(
        nodes: nodes(4),
        pools: [MapPool(name: "p", copies: [[0, 1], [2]]), MapPool(name: "q", copies: [[2], [1]])]),
      founders: [0, 1])
    scenario.maps = [
      ClusterMap(
        nodes: nodes(4),
        pools: [MapPool(name: "p", copies: [[0, 1], [2, 3]]), MapPool(name: "q", copies: [[2], [1]])]),
      ClusterMap(
        nodes: nodes(4),
        pools: [MapPool(name: "p", copies: [[0, 1], [2]]), MapPool(name: "q", copies: [[3], [1], [2]])]),
      ClusterMap(
        nodes: nodes(4),
        pools: [MapPool(name: "p", copies: [[0, 1], [3]]), MapPool(name: "q", copies: [[1], [0]])]),
      scenario.map,
    ]
    scenario.faultEvery = 1200
    scenario.trouble = 8000
    return scenario
  }()
  /// The operator decides on views, too.
  static let changingManual: Scenario = {
    var scenario = changing
    scenario.name = "a changing copy without a store"
    scenario.settings.authority = .operator
    scenario.faults = [.reset, .cut, .isolation, .restart, .crash, .pause, .clockStep, .change]
    return scenario
  }()
  static let changingHasty: Scenario = {
    var scenario = changing
    scenario.name = "a changing copy, hasty"
    scenario.settings.failureAfter = 120
    scenario.settings.degradeAfter = 200
    return scenario
  }()
  static let changingCopiesAsync: Scenario = {
    var scenario = copying
    scenario.name = "changing copies, async"
    scenario.settings.replication = .async
    return scenario
  }()

  static let changes =
    [changing, copying, changingTwo, changingManual, changingHasty, changingCopiesAsync] + sole

  static let all =
    [
      pair, plainTwo, three, square, crossed, uneven, strict, manual, lagging, crossedThree, hasty, forgetful,
    ] + changes
}
