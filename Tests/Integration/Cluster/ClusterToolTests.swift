import Glibc
import Testing

/// hearthctl's commands for clusters, asked of real nodes.
@Suite("hearthctl and nodes with copies", .serialized)
struct ClusterToolTests {
  private func tool(_ cluster: TestCluster, _ node: Int, _ arguments: String...) throws -> Program {
    let socket = cluster.folder.file("\(cluster.names[node]).sock")
    return try Program([Binaries.hearthctl] + arguments + ["--address", socket])
  }

  /// The column of a node in the table of `nodes`.
  private func state(_ cluster: TestCluster, of name: String, at node: Int) throws -> String {
    let lines = try tool(cluster, node, "nodes").output.split(separator: "\n")
    let words = lines.first { $0.hasPrefix(name + " ") }?.split(separator: " ") ?? []
    return words.count > 3 ? String(words[3]) : ""
  }

  @Test func `bootstrap, nodes, view, drain, drop`() throws {
    let cluster = try TestCluster(copies: "[[a], [b]]", starts: false)
    while cluster.nodes.count < 2 { try cluster.startNext() }
    try cluster.awaitLinks()
    #expect(try tool(cluster, 0, "view").output.contains("no view yet; hearthctl bootstrap makes the first"))
    #expect(try state(cluster, of: "a", at: 1) == "empty")
    let begun = try tool(cluster, 0, "bootstrap")
    #expect(begun.status == 0, "\(begun.errors)")
    try eventually("both are ready") {
      try state(cluster, of: "a", at: 0) == "active" && state(cluster, of: "b", at: 0) == "warm"
    }
    #expect(try tool(cluster, 1, "view").output.contains("ready: a, b"))
    try cluster.nodes[1].connect().say("set k 0 0 1\nx", "STORED")

    // What a node does is handed over, and it can be stopped.
    let drained = try tool(cluster, 0, "drain")
    #expect(drained.status == 0, "\(drained.errors)")
    try eventually("b has taken over") { try state(cluster, of: "b", at: 1) == "active" }
    try cluster.nodes[1].connect().say("get k", "VALUE k 0 1\nx\nEND")
    // The only one that is ready is not dropped for a word.
    let kept = try tool(cluster, 1, "drop", "b")
    #expect(kept.status != 0 && kept.errors.hasPrefix("hearthctl: "), "\(kept.output)\(kept.errors)")
    #expect(kept.errors.split(separator: "\n").count == 1)
    let unknown = try tool(cluster, 1, "drop", "nobody")
    #expect(unknown.status != 0 && unknown.errors.contains("nobody"), "\(unknown.errors)")
  }

  @Test func `without etcd nobody is replaced but by promote`() throws {
    let cluster = try TestCluster(
      2, pools: "  - {name: default, copies: [[a], [b]]}", settings: ["peer_timeout: 2s"],
      hasStateFiles: true,
      starts: false)
    try cluster.bootstrap([0])
    try cluster.nodes[0].connect().say("set k 0 0 1\nx", "STORED")
    try cluster.kill(0)
    usleep(700_000)
    #expect(try state(cluster, of: "a", at: 1) == "down")
    #expect(try state(cluster, of: "b", at: 1) == "warm")
    let promoted = try tool(cluster, 1, "promote", "b")
    #expect(promoted.status == 0, "\(promoted.errors)")
    try eventually("b has taken over") { try state(cluster, of: "b", at: 1) == "active" }
    let b = try cluster.nodes[1].connect()
    try b.say("get k", "VALUE k 0 1\nx\nEND")
    try b.say("set k 0 0 1\ny", "STORED")
  }

  @Test func `reads stay in their zone, and leave it when nobody is there`() throws {
    let cluster = try TestCluster(copies: "[[a], [b, c]]", zones: ["east", "west", "west"])
    let (a, b) = (try cluster.nodes[0].connect(), try cluster.nodes[1].connect())
    for i in 0..<40 { try a.say("set k\(i) 0 0 1\nx", "STORED") }
    var before = ""
    // Half of them are c's. Without a lease, as at the beginning, b has to ask elsewhere.
    try eventually("nobody asks in the east") {
      before = try a.statistics()["get_hits"] ?? ""
      for i in 0..<40 { try b.say("get k\(i)", "VALUE k\(i) 0 1\nx\nEND") }
      return try a.statistics()["get_hits"] == before
    }
    try cluster.kill(2)
    for i in 0..<40 { try b.say("get k\(i)", "VALUE k\(i) 0 1\nx\nEND") }
    #expect(try a.statistics()["get_hits"] != before)
  }
}
