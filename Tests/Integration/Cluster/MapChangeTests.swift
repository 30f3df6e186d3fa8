import CHearth
import Glibc
import Testing

/// Nodes, weights and copies change while the cluster serves.
@Suite("the map changes", .serialized)
struct MapChangeTests {
  private func statistic(_ cluster: TestCluster, _ name: String, at index: Int) throws -> Int {
    try Int(cluster.nodes[index].connect().statistics("cluster")[name] ?? "") ?? 0
  }

  @Test(arguments: ["", "kind: deterministic"])
  func `no client notices that nodes, weights and copies change`(rule: String) throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", rule: rule, spare: 2)
    try cluster.fill(5000)
    let steps: [(copies: String, weights: [Int], ready: [Int], asked: Int)] = [
      ("[[a, c], [b]]", [], [0, 1, 2], 0),
      ("[[a, c], [b, d]]", [], [0, 1, 2, 3], 1),
      ("[[a, c], [b, d]]", [1, 1, 3, 2], [0, 1, 2, 3], 2),
      ("[[c], [b, d]]", [1, 1, 3, 2], [1, 2, 3], 3),
      ("[[c], [b, d], [a]]", [1, 1, 3, 2], [0, 1, 2, 3], 3),
      ("[[a], [c]]", [], [0, 2], 1),
    ]
    let writers = try WriteLoad.run(cluster, nodes: [0, 1, 2, 3]) {
      for step in steps {
        try cluster.change(
          step.copies, rule: rule, weights: step.weights, ready: step.ready, at: step.asked)
      }
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      #expect(writer.failures.isEmpty, "\(writer.failures.prefix(3)) of \(writer.failures.count)")
      #expect(writer.writes > 100)
      for index in 0..<4 { #expect(try writer.verify(at: cluster.nodes[index]) == []) }
    }
    for index in 0..<4 { #expect(try cluster.found(5000, at: index) == 5000) }
    let differences = try cluster.differences(0, 2)
    #expect(differences.isEmpty, "\(differences.prefix(5)) of \(differences.count)")
    #expect(try cluster.contents(of: 1).isEmpty && cluster.contents(of: 3).isEmpty)
  }

  @Test func `only keys whose owner changes travel`() throws {
    let cluster = try TestCluster(copies: "[[a, b], [c]]", spare: 1)
    try cluster.fill(6000)
    let before = try (0..<3).map { try cluster.contents(of: $0) }
    try cluster.change("[[a, b, d], [c]]", ready: [0, 1, 2, 3], at: 0)
    let after = try (0..<4).map { try cluster.contents(of: $0) }
    let moved = after[3].count
    // About a third of the first copy's keys, from both that had them, and to nobody else.
    #expect(1200...2800 ~= moved)
    #expect(after[0].count + after[1].count + moved == 6000)
    #expect(
      Set(after[0].keys).isSubset(of: before[0].keys) && Set(after[1].keys).isSubset(of: before[1].keys))
    #expect(after[2] == before[2])
    let sent = try (0..<2).map { try statistic(cluster, "d:items_copied", at: $0) }
    #expect(sent.reduce(0, +) == moved)
    for (index, other) in [(0, "b"), (1, "a"), (0, "c"), (1, "c"), (2, "a"), (2, "b"), (2, "d")] {
      #expect(try statistic(cluster, "\(other):items_copied", at: index) == 0)
    }
  }

  @Test func `what was deleted stays deleted when a node goes and comes again`() throws {
    let cluster = try TestCluster(copies: "[[a, b], [c]]")
    try cluster.fill(2000)
    try cluster.change("[[a], [c]]", ready: [0, 2], at: 0)
    let client = try cluster.nodes[1].connect()
    for i in stride(from: 0, to: 2000, by: 2) { try client.say("delete fill\(i)", "DELETED") }
    try cluster.change("[[a, b], [c]]", ready: [0, 1, 2], at: 2)
    for index in 0..<3 { #expect(try cluster.found(2000, at: index) == 1000) }
    #expect(try cluster.contents(of: 0).count + cluster.contents(of: 1).count == 1000)
  }

  @Test(arguments: [0, 1, 2])
  func `a node that is killed in the middle comes back, and the change ends`(victim: Int) throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", settings: ["resync_rate: 4m"], spare: 1)
    try cluster.fill(8000, size: 1000)
    let others = [0, 1, 2].filter { $0 != victim }
    let writers = try WriteLoad.run(cluster, nodes: others) {
      try cluster.wish("[[a, c], [b]]")
      try cluster.rebalance(at: others[0])
      usleep(300_000)
      try cluster.kill(victim)
      usleep(500_000)
      try cluster.restart(victim)
      try cluster.awaitMap([0, 1, 2], seconds: 40)
    }
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      for index in 0..<3 { #expect(try writer.verify(at: cluster.nodes[index]) == []) }
    }
    for index in 0..<3 { #expect(try cluster.found(8000, at: index) == 8000) }
  }

  @Test func `a change is taken back, and nothing of it stays`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", settings: ["resync_rate: 1m"], spare: 1)
    try cluster.fill(8000, size: 1000)
    try cluster.wish("[[a, c], [b]]")
    try cluster.rebalance(at: 1)
    try eventually("c loads") { try cluster.contents(of: 2).count > 50 }
    #expect(try cluster.http("POST", "/v1/cluster/rebalance", "{}", at: 0).contains("under way"))
    try cluster.order("rebalance", #"{"cancel":true}"#, at: 0)
    try eventually("c is outside") { try cluster.contents(of: 2).isEmpty }
    try cluster.awaitReady([0, 1])
    #expect(try cluster.found(8000, at: 2) == 8000)
  }

  @Test func `a change waits for equal files and for nodes that are new`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", spare: 1)
    try cluster.write(pools: TestCluster.pool("[[a, c], [b]]"), for: [0])
    cluster.nodes[0].process.signal(SIGHUP)
    try eventually("it says what is wrong") {
      try cluster.http("POST", "/v1/cluster/rebalance", "{}", at: 0).contains("node b wants another map")
    }
    try cluster.kill(2)
    try cluster.wish("[[a, c], [b]]")
    try eventually("it says who is away") {
      try cluster.http("POST", "/v1/cluster/rebalance", "{}", at: 0).contains("node c cannot be reached")
    }
    try cluster.restart(2)
    try cluster.rebalance(at: 0)
    try cluster.awaitMap([0, 1, 2])
    // A node with an old file, in which the nodes stand in another order, goes by the cluster's map and says so.
    try cluster.write(pools: TestCluster.pool("[[b], [a]]"), for: [1])
    try cluster.kill(1)
    try cluster.restart(1)
    try cluster.awaitReady([0, 1, 2])
    #expect(try cluster.http("GET", "/v1/cluster", "", at: 1).contains(#""file_current":false"#))
    try cluster.fill(1000, at: 1)
    #expect(try cluster.found(1000, at: 2) == 1000)
  }

  @Test func `without etcd, too`() throws {
    let cluster = try TestCluster(
      3, pools: TestCluster.pool("[[a], [b]]"), settings: ["peer_timeout: 2s"], hasStateFiles: true,
      starts: false)
    try cluster.bootstrap([0], ready: [0, 1])
    try cluster.fill(3000)
    let writers = try WriteLoad.run(cluster, nodes: [0, 1, 2]) {
      try cluster.change("[[a, c], [b]]", ready: [0, 1, 2], at: 1)
      try cluster.change("[[c], [b]]", ready: [1, 2], at: 1)
    }
    for writer in writers {
      let troubles = writer.faults + writer.failures
      #expect(troubles.isEmpty, "\(troubles.prefix(3))")
    }
    // The state files know the map.
    for index in 0..<2 {
      try cluster.kill(index)
      try cluster.restart(index)
      try cluster.awaitReady([1, 2])
    }
    #expect(try cluster.found(3000, at: 0) == 3000)
  }
}
