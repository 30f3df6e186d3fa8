import Testing

@testable import HearthConfig

/// The section `cluster` and the pools' `copies`.
@Suite struct ClusterTests {
  private static let nodes = """
    nodes:
        - {name: a, address: 127.0.0.1}
        - {name: b, address: "127.0.0.2:7", peer: 127.0.0.2:8, weight: 3}
    """

  @Test func allKeys() throws {
    let cluster = try #require(
      try read(
        """
        cluster:
          node: b
          secret_file: /etc/s
          peer_timeout: 250ms
          \(Self.nodes)
        pools:
          - {name: default, copies: [[a, b]]}
          - {name: own, prefix: "o:", memory: 8m}
        """
      ).cluster)
    #expect(cluster.own == 1 && cluster.secretFile == "/etc/s" && cluster.peerTimeout == 250)
    #expect(
      cluster.nodes == [
        .init(
          name: "a", address: .init(host: "127.0.0.1", port: 11211),
          peer: .init(host: "127.0.0.1", port: 11220)),
        .init(
          name: "b", address: .init(host: "127.0.0.2", port: 7), peer: .init(host: "127.0.0.2", port: 8),
          weight: 3),
      ])
  }

  @Test func poolsNameNodesByNumber() throws {
    let pools = try read(
      "cluster:\n  node: a\n  \(Self.nodes)\npools:\n  - {name: default, copies: [[b, a]]}\n"
    ).pools
    #expect(pools[0].copies == [[1, 0]])
  }

  @Test func absentOrEmptyIsNone() throws {
    #expect(try read("memory: 64m").cluster == nil)
    #expect(try read("cluster:\n").cluster == nil)
  }

  @Test(arguments: [
    ("cluster: {node: a}", "it has no nodes"),
    ("cluster: {nodes: [{address: 127.0.0.1}]}", "the node has no name"),
    ("cluster: {nodes: [{name: a b, address: 127.0.0.1}]}", "is not a node name"),
    ("cluster: {nodes: [{name: a}]}", "node a has no address"),
    ("cluster: {nodes: [{name: a, address: \"*\"}]}", "nobody can connect there"),
    ("cluster: {nodes: [{name: a, address: \"127.0.0.1:0\"}]}", "nobody can connect there"),
    ("cluster: {node: c, \(nodesInLine)}", "there is no node \"c\""),
    ("cluster: {\(nodesInLine)}", "no node has the name of this machine"),
    ("cluster: {node: a, nodes: [{name: a, address: 10.0.0.1}]}", "it has no secret, and 10.0.0.1:11220"),
    (
      "cluster: {node: a, nodes: [{name: a, address: 127.0.0.1}, {name: a, address: 127.0.0.2}]}",
      "already a node"
    ),
    (
      "cluster: {node: a, nodes: [{name: a, address: 127.0.0.1}, {name: b, address: 127.0.0.1}]}",
      "same address"
    ),
    ("cluster: {node: a, nodes: [{name: a, address: 127.0.0.1, peer: 11211}]}", "cannot share"),
    ("cluster: {node: a, \(nodesInLine), peer_timeout: 1ms}", "out of range"),
    ("pools: [{name: default, copies: [[a]]}]", "there is no cluster"),
    (
      "cluster: {node: a, \(nodesInLine)}\npools: [{name: default, copies: [[a, x]]}]",
      "there is no node \"x\""
    ),
    ("cluster: {node: a, \(nodesInLine)}\npools: [{name: default, copies: [[a, a]]}]", "is named twice"),
    ("cluster: {node: a, \(nodesInLine)}\npools: [{name: default, copies: [[]]}]", "a copy has no nodes"),
    ("cluster: {node: a, \(nodesInLine)}\npools: [{name: default, copies: [[a], [b]]}]", "has one copy"),
    (
      "cluster: {node: a, \(nodesInLine)}\npools: [{name: default, generations: true, copies: [[a, b]]}]",
      "cannot be made void at once"
    ),
  ])
  func `what is wrong is said in one line`(_ text: String, _ problem: String) {
    #expect {
      _ = try read(text)
    } throws: { error in
      let line = "\(error)"
      return line.contains(problem) && !line.contains("\n")
    }
  }

  private static let nodesInLine = "nodes: [{name: a, address: 127.0.0.1}, {name: b, address: 127.0.0.2}]"
}
