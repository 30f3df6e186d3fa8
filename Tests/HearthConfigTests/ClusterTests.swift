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

  private static let standbyInLine =
    "standby: {pair: [b, a], address: \"2001:DB8:0::64\", role_file: /run/hearth/role}"

  @Test func standby() throws {
    let all = "*:11211"
    let file =
      "cluster: {node: a, \(Self.nodesInLine), \(Self.standbyInLine)}\nlisteners: [{tcp: \"\(all)\"}]"
    let cluster = try #require(try read(file).cluster)
    let standby = ClusterConfiguration.Standby(
      first: 1, second: 0, address: "2001:db8::64", roleFile: "/run/hearth/role")
    #expect(cluster.standby == standby && cluster.ownStandby == standby)
    #expect(try read("cluster: {node: a, \(Self.nodesInLine), standby: }").cluster?.standby == nil)
  }

  @Test func `a third node has no part in the pair`() throws {
    let file = """
      cluster: {node: c, nodes: [{name: a, address: 127.0.0.1}, {name: b, address: 127.0.0.2},
        {name: c, address: 127.0.0.3}], \(Self.standbyInLine)}
      """
    let cluster = try #require(try read(file).cluster)
    #expect(cluster.standby != nil && cluster.ownStandby == nil)
  }

  @Test(arguments: [
    ("\"*:11211\"", "10.0.0.100", false), ("\"*:11211\"", "2001:db8::64", true),
    ("\"[::]:11211\"", "2001:db8::64", false), ("\"[::]:11211\"", "10.0.0.100", true),
    ("\"10.0.0.100:11211\"", "10.0.0.100", false), ("\"10.0.0.101:11211\"", "10.0.0.100", true),
    ("cache.example:11211", "10.0.0.100", false),
  ])
  func `an address that nothing listens on is noted`(listener: String, address: String, isNoted: Bool) throws
  {
    var draft = Draft()
    let standby = "standby: {pair: [a, b], address: \"\(address)\", role_file: /run/hearth/role}"
    let file = "cluster: {node: a, \(Self.nodesInLine), \(standby)}\nlisteners: [{tcp: \(listener)}]"
    try draft.apply(try ConfigurationFile.parse(Array(file.utf8), path: "f.yaml"))
    _ = try draft.finish()
    #expect(draft.notes.contains { $0.contains("nothing listens on \(address)") } == isNoted)
  }

  @Test(arguments: [
    ("{address: 10.0.0.9, role_file: /r}", "it has no pair"),
    ("{pair: [a], address: 10.0.0.9, role_file: /r}", "a pair has two nodes, here is 1"),
    ("{pair: [], address: 10.0.0.9, role_file: /r}", "a pair has two nodes, here are 0"),
    ("{pair: [a, b, a], address: 10.0.0.9, role_file: /r}", "a pair has two nodes, here are 3"),
    ("{pair: [a, x], address: 10.0.0.9, role_file: /r}", "there is no node \"x\""),
    ("{pair: [a, a], address: 10.0.0.9, role_file: /r}", "cannot be its own standby"),
    ("{pair: [a, b], role_file: /r}", "it has no address"),
    ("{pair: [a, b], address: cache.example, role_file: /r}", "is not an IP address"),
    ("{pair: [a, b], address: \"10.0.0.9:11211\", role_file: /r}", "is not an IP address"),
    ("{pair: [a, b], address: \"[2001:db8::9]\", role_file: /r}", "is not an IP address"),
    ("{pair: [a, b], address: 10.0.0.9/24, role_file: /r}", "is not an IP address"),
    ("{pair: [a, b], address: 0.0.0.0, role_file: /r}", "cannot move"),
    ("{pair: [a, b], address: 224.0.0.18, role_file: /r}", "cannot move"),
    ("{pair: [a, b], address: \"fe80::1\", role_file: /r}", "cannot move"),
    ("{pair: [a, b], address: \"::ffff:10.0.0.9\", role_file: /r}", "cannot move"),
    ("{pair: [a, b], address: 127.0.0.2, role_file: /r}", "is node b's own"),
    ("{pair: [a, b], address: 10.0.0.9}", "it has no role_file"),
    ("{pair: [a, b], address: 10.0.0.9, role_file: run/role}", "is not an absolute path"),
    ("{pair: [a, b], addres: 10.0.0.9}", "did you mean address?"),
  ])
  func `what is wrong with a pair is said in one line`(_ standby: String, _ problem: String) {
    let line = refusal(file: "cluster: {node: a, \(Self.nodesInLine), standby: \(standby)}") ?? ""
    #expect(line.contains(problem) && line.hasPrefix("f.yaml:1: cluster.standby") && !line.contains("\n"))
  }

  @Test(arguments: [("\"*:11211\"", true), ("\"[::]:11211\"", true), ("127.0.0.1:11211", false)])
  func `UDP on every address is refused in a pair`(listener: String, isRefused: Bool) {
    let file =
      "cluster: {node: a, \(Self.nodesInLine), \(Self.standbyInLine)}\nlisteners: [{udp: \(listener)}]"
    #expect((refusal(file: file) != nil) == isRefused)
    #expect(refusal(file: file)?.contains("cannot be told from the others") ?? true)
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
