import Glibc
import TestDatabase
import Testing

/// Pools of one copy on several nodes, in clusters with views: their map changes while they serve.
@Suite("one copy on several nodes, kept by views", .serialized)
struct OneCopyTests {
  private func expectNoFaults(_ writers: [CounterWriter], _ cluster: TestCluster) throws {
    for writer in writers {
      #expect(writer.faults.isEmpty, "\(writer.faults.prefix(3)) of \(writer.faults.count)")
      #expect(writer.failures.isEmpty, "\(writer.failures.prefix(3)) of \(writer.failures.count)")
      #expect(writer.writes > 100)
      for index in cluster.running { #expect(try writer.verify(at: cluster.nodes[index]) == []) }
    }
  }

  @Test func `nodes come and go, weights change, and no client notices`() throws {
    let cluster = try TestCluster(copies: "[[a, b]]", spare: 1)
    try cluster.fill(4000)
    let steps: [(copies: String, weights: [Int], ready: [Int], asked: Int)] = [
      ("[[a, b, c]]", [], [0, 1, 2], 0), ("[[a, b, c]]", [1, 3, 1], [0, 1, 2], 2),
      ("[[b, c]]", [], [1, 2], 1),
      ("[[c]]", [], [2], 1), ("[[a, c]]", [], [0, 2], 2),
    ]
    let writers = try WriteLoad.run(cluster, nodes: [0, 1, 2]) {
      for step in steps {
        try cluster.change(step.copies, weights: step.weights, ready: step.ready, at: step.asked)
      }
    }
    try expectNoFaults(writers, cluster)
    for index in 0..<3 { #expect(try cluster.found(4000, at: index) == 4000) }
    #expect(try cluster.contents(of: 1).isEmpty)
  }

  @Test func `from one copy to two and back`() throws {
    let cluster = try TestCluster(copies: "[[a, b]]", spare: 1)
    try cluster.fill(4000)
    let steps: [(copies: String, ready: [Int])] = [
      ("[[a, b], [c]]", [0, 1, 2]), ("[[a, c]]", [0, 2]), ("[[a], [c]]", [0, 2]), ("[[b]]", [1]),
    ]
    let writers = try WriteLoad.run(cluster, nodes: [0, 1, 2]) {
      for step in steps { try cluster.change(step.copies, ready: step.ready, at: 2) }
    }
    try expectNoFaults(writers, cluster)
    for index in 0..<3 { #expect(try cluster.found(4000, at: index) == 4000) }
    #expect(try cluster.contents(of: 0).isEmpty && cluster.contents(of: 2).isEmpty)
  }

  @Test func `what was deleted or overwritten stays so when a node goes and comes again`() throws {
    let cluster = try TestCluster(copies: "[[a, b, c]]")
    try cluster.fill(2000)
    try cluster.change("[[a, c]]", ready: [0, 2], at: 0)
    let client = try cluster.nodes[1].connect()
    for i in stride(from: 0, to: 2000, by: 2) { try client.say("delete fill\(i)", "DELETED") }
    try client.say("set fill1 0 0 3\r\nnew", "STORED")
    try cluster.change("[[a, b, c]]", ready: [0, 1, 2], at: 2)
    for index in 0..<3 {
      #expect(try cluster.found(2000, at: index) == 1000)
      #expect(try cluster.nodes[index].connect().ask("get fill1").contains("new"))
    }
  }

  @Test func `who restarts comes back with nothing, and the others keep what they have`() throws {
    let cluster = try TestCluster(copies: "[[a, b, c]]")
    try cluster.fill(3000)
    let lost = try cluster.contents(of: 1).count
    #expect(lost > 500)
    try cluster.kill(1)
    // Its keys are refused at once, the others are there.
    let client = try cluster.nodes[0].connect()
    var (hits, misses, errors) = (0, 0, 0)
    let began = ContinuousClock.now
    for i in 0..<3000 {
      let answer = try client.ask("get fill\(i)")
      if answer.hasPrefix("VALUE") {
        hits += 1
      } else if answer.hasPrefix("END") {
        misses += 1
      } else {
        errors += 1
      }
    }
    #expect(hits == 3000 - lost && misses == 0 && errors == lost)
    #expect(ContinuousClock.now - began < .seconds(8))
    try cluster.restart(1)
    try cluster.awaitReady([0, 1, 2])
    // A worker that could not connect to it tries again a little later.
    for index in 0..<3 {
      try eventually("node \(index) finds the others' keys") {
        try cluster.found(3000, at: index) == 3000 - lost
      }
    }
    try cluster.fill(3000, at: 1)
    #expect(try cluster.found(3000, at: 2) == 3000)
  }

  @Test(arguments: [0, 1, 2])
  func `a node that is killed in the middle of a change`(victim: Int) throws {
    let cluster = try TestCluster(copies: "[[a, b]]", settings: ["resync_rate: 1m"], spare: 1)
    let client = try cluster.nodes[0].connect()
    let value = String(repeating: "v", count: 1000)
    for i in 0..<4000 { try client.say("set big\(i) 0 0 1000\r\n\(value)", "STORED") }
    let before = try (0..<3).map { try cluster.contents(of: $0).count }
    try cluster.wish("[[a, b, c]]")
    try cluster.rebalance(at: victim == 0 ? 1 : 0)
    usleep(200_000)
    try cluster.kill(victim)
    usleep(500_000)
    try cluster.restart(victim)
    try cluster.awaitMap([0, 1, 2], seconds: 40)
    var hits = 0
    let asked = try cluster.nodes[victim].connect()
    for i in 0..<4000 where try asked.ask("get big\(i)").hasPrefix("VALUE") { hits += 1 }
    // What the others had is all there.
    #expect(hits >= 4000 - before[victim])
  }

  @Test func `one bootstrap, and the others come by themselves, without etcd`() throws {
    let cluster = try TestCluster(
      3, pools: TestCluster.pool("[[a, b, c]]"), settings: ["peer_timeout: 500ms"], hasStateFiles: true,
      starts: false)
    while cluster.nodes.count < 3 { try cluster.startNext() }
    try cluster.awaitLinks()
    usleep(700_000)
    for index in 0..<3 { #expect(try cluster.view(at: index) == 0) }
    #expect(try cluster.nodes[0].connect().ask("get a").contains("no ready copy"))
    try cluster.order("bootstrap", at: 1)
    try cluster.awaitReady([0, 1, 2])
    try cluster.fill(1000)
    // All of them end and begin again: no bootstrap is needed.
    for index in 0..<3 { try cluster.kill(index) }
    for index in 0..<3 { try cluster.restart(index) }
    try cluster.awaitReady([0, 1, 2])
    try cluster.fill(1000)
    for index in 0..<3 { #expect(try cluster.found(1000, at: index) == 1000) }
    try cluster.change("[[a, b]]", ready: [0, 1], at: 2)
    #expect(try cluster.found(1000, at: 2) == 1000)
  }

  @Test func `a node that is gone for good is given up, and its keys go to others`() throws {
    for hasStore in [true, false] {
      let cluster =
        hasStore
        ? try TestCluster(copies: "[[a, b, c]]")
        : try TestCluster(3, pools: TestCluster.pool("[[a, b, c]]"), hasStateFiles: true, starts: false)
      if !hasStore { try cluster.bootstrap([0], ready: [0, 1, 2]) }
      try cluster.fill(2000)
      let left = try cluster.contents(of: 1).count + cluster.contents(of: 2).count
      // Without etcd the first one keeps the view.
      try cluster.kill(0)
      try cluster.wish("[[b, c]]")
      try eventually("it says what to do") {
        let answer = try cluster.http("POST", "/v1/cluster/rebalance", "{}", at: 1)
        return answer.contains("node a is away") && answer.contains("drop --force")
      }
      #expect(
        try cluster.http("POST", "/v1/cluster/drop", #"{"node":"a"}"#, at: 1).contains("--force"))
      try cluster.order("drop", #"{"node":"a","force":true}"#, at: 1)
      try cluster.awaitReady([1, 2])
      try cluster.rebalance(at: 1)
      try cluster.awaitMap([1, 2])
      #expect(try cluster.found(2000, at: 1) == left)
      try cluster.fill(2000, at: 2)
      #expect(try cluster.found(2000, at: 1) == 2000)
    }
  }

  @Test func `a node that was left out and returns has its keys of one copy still`() throws {
    let pools =
      "  - {name: default, copies: [[a], [b]]}\n  - {name: one, prefix: \"one:\", memory: 16m, copies: [[a, b]]}"
    let shared = try SharedEtcd.claim()
    let cluster = try TestCluster(
      2, pools: pools,
      settings: [
        "peer_timeout: 500ms", "name: \(shared.name)", "etcd: {endpoints: [\"127.0.0.1:\(shared.port)\"]}",
      ],
      starts: false)
    try cluster.bootstrap([0], ready: [0, 1])
    let client = try cluster.nodes[1].connect()
    for i in 0..<500 {
      try client.say("set one:\(i) 0 0 1\r\nx", "STORED")
      try client.say("set two:\(i) 0 0 1\r\nx", "STORED")
    }
    let view = try cluster.view(at: 1)
    cluster.nodes[0].process.signal(SIGSTOP)
    try eventually("a is left out") { try cluster.report(at: 1).first?.isReady == false }
    try client.say("set two:1 0 0 1\r\ny", "STORED")
    cluster.nodes[0].process.signal(SIGCONT)
    try cluster.awaitReady([0, 1])
    #expect(try cluster.view(at: 1) > view)
    for index in 0..<2 {
      let asked = try cluster.nodes[index].connect()
      for i in 0..<500 {
        #expect(try asked.ask("get one:\(i)").contains("\r\nx\r\n"))
        #expect(try asked.ask("get two:\(i)").contains(i == 1 ? "\r\ny\r\n" : "\r\nx\r\n"))
      }
    }
  }

  @Test func `groups are void through a change of the map and restarts, and numbers never fall`() throws {
    let cluster = try TestCluster(copies: "[[a, b]]", rule: "generations: true", spare: 1)
    let client = try cluster.nodes[0].connect()
    func number(_ index: Int, _ group: String) throws -> UInt64 {
      var result: UInt64?
      try eventually("the group has a number") {
        let answer = try cluster.nodes[index].connect().ask("get gen/\(group)").split(separator: "\r\n")
        result = answer.count == 3 ? UInt64(answer[1]) : nil
        return result != nil
      }
      return result ?? 0
    }
    func bump(_ group: String, at index: Int) throws {
      var answer = ""
      do {
        try eventually("the group is bumped") {
          answer = try cluster.nodes[index].connect().ask("incr gen/\(group) 1")
          return answer.first?.isNumber == true
        }
      } catch { throw TestFailure("\(group) at \(cluster.names[index]): \(answer)\n\(cluster.logs)") }
    }
    // What is stored before a node has heard a number goes when it hears one.
    for index in 0..<2 { try bump("other", at: index) }
    for i in 0..<400 { try client.say("set user:\(i):x 0 0 1\r\nx", "STORED") }
    for i in stride(from: 0, to: 400, by: 4) { try bump("user:\(i)", at: i % 2) }
    let first = try number(1, "user:0")
    try cluster.change("[[a, b, c]]", rule: "generations: true", ready: [0, 1, 2], at: 0)
    for i in stride(from: 1, to: 400, by: 4) { try bump("user:\(i)", at: 2) }
    try cluster.change("[[b, c]]", rule: "generations: true", ready: [1, 2], at: 0)
    for i in stride(from: 2, to: 400, by: 4) { try bump("user:\(i)", at: 1) }
    #expect(try number(2, "user:0") >= first)
    let last = try number(2, "user:398")
    for index in 0..<3 {
      let asked = try cluster.nodes[index].connect()
      for i in 0..<400 {
        #expect(try asked.ask("get user:\(i):x").hasPrefix("VALUE") == (i % 4 == 3), "\(i)")
      }
    }
    for victim in [1, 2] {
      try cluster.kill(victim)
      try cluster.restart(victim)
      try cluster.awaitReady([1, 2])
      #expect(try number(0, "user:398") >= last)
      try bump("user:3", at: 0)
      let asked = try cluster.nodes[0].connect()
      for i in 0..<400 where i % 4 != 3 || i == 3 {
        #expect(try asked.ask("get user:\(i):x").hasPrefix("END"), "\(i)")
      }
    }
  }

  @Test func `without a place for views the error says what to add`() throws {
    let cluster = try TestCluster(2, pools: TestCluster.pool("[[a, b]]"))
    try cluster.write(pools: TestCluster.pool("[[a]]"))
    cluster.nodes[0].process.signal(SIGHUP)
    try eventually("it is said") { cluster.nodes[0].errors.contains("with etcd: or state_file: in cluster:") }
    #expect(
      try cluster.http("POST", "/v1/cluster/bootstrap", "{}", at: 0).contains("etcd: or state_file:"))
  }
}
