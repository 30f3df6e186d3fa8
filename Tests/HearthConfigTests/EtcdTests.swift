import Testing

@testable import HearthConfig

/// Where a cluster's view is kept: `cluster.etcd`, `cluster.state_file` and `cluster.name`.
@Suite struct EtcdTests {
  private static let nodes = "node: a, nodes: [{name: a, address: 127.0.0.1}]"

  private func cluster(_ keys: String) throws -> ClusterConfiguration {
    try #require(try read("cluster: {\(Self.nodes), \(keys)}").cluster)
  }

  @Test func allKeys() throws {
    let cluster = try cluster(
      """
      name: west, state_file: /var/lib/hearth/cluster.state,
      etcd: {endpoints: [10.0.0.9:2379, "etcd-2", "[fd00::9]:7"], prefix: /caches/, user: hearth,
      password_file: /etc/hearth/etcd.password, timeout: 250ms}
      """)
    #expect(cluster.name == "west" && cluster.stateFile == "/var/lib/hearth/cluster.state")
    let etcd = try #require(cluster.etcd)
    #expect(etcd.endpoints.map(\.description) == ["10.0.0.9:2379", "etcd-2:2379", "[fd00::9]:7"])
    #expect(etcd.prefix == "/caches/" && etcd.user == "hearth" && etcd.timeout == 250)
    #expect(etcd.passwordFile == "/etc/hearth/etcd.password")
  }

  @Test func absentIsNone() throws {
    let cluster = try cluster("etcd: , state_file: /s")
    #expect(cluster.etcd == nil && cluster.name == "default" && cluster.stateFile == "/s")
  }

  @Test func presets() throws {
    let etcd = try #require(try cluster("etcd: {endpoints: [h]}").etcd)
    #expect(etcd.prefix == "/hearth/" && etcd.user == nil && etcd.passwordFile == nil && etcd.timeout == 1000)
  }

  @Test(arguments: [
    ("etcd: {prefix: /x/}", "it has no endpoints"),
    ("etcd: {endpoints: []}", "it has no endpoints"),
    ("etcd: {endpoints: 10.0.0.9}", "it must be a list"),
    ("etcd: {endpoints: [\"http://10.0.0.9:2379\"]}", "write host and port alone"),
    ("etcd: {endpoints: [\"0.0.0.0\"]}", "nobody can connect there"),
    ("etcd: {endpoints: [h, \"h:2379\"]}", "h:2379 is there already"),
    ("etcd: {endpoints: [h], user: u}", "the user has no password"),
    ("etcd: {endpoints: [h], password_file: /p}", "there is no user"),
    ("etcd: {endpoints: [h], password: secret}", "a password has no place in this file"),
    ("etcd: {endpoints: [h], prefix: \"\"}", "cannot begin a key"),
    ("etcd: {endpoints: [h], prefix: \"a b\"}", "cannot begin a key"),
    ("etcd: {endpoints: [h], timeout: 1ms}", "out of range"),
    ("etcd: {endpoint: [h]}", "did you mean endpoints?"),
    ("name: a b", "is not the name of a cluster"),
    ("state_file: cluster.state", "is not an absolute path"),
    ("state_file: /var/lib/hearth/", "is a directory"),
  ])
  func `what is wrong is said in one line`(_ keys: String, _ problem: String) {
    #expect {
      _ = try cluster(keys)
    } throws: { error in
      let line = "\(error)"
      return line.contains(problem) && !line.contains("\n") && !line.contains("secret")
    }
  }
}
