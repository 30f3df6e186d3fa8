import Testing

@testable import HearthAdmin

/// Requests about the cluster, without sockets.
@Suite struct ClusterRouterTests {
  private let target = FakeTarget()
  private var router: AdminRouter { AdminRouter(target: target, isPrivate: true) }

  private func post(_ name: String, _ body: String, _ router: AdminRouter? = nil) -> AdminResponse {
    (router ?? self.router).answer(
      AdminRequest(
        method: .post, path: "/v1/cluster/\(name)", host: nil, contentType: "application/json",
        body: Array(body.utf8)))
  }

  private func get(_ path: String, _ router: AdminRouter? = nil) -> AdminResponse {
    (router ?? self.router).answer(AdminRequest(method: .get, path: path, host: nil))
  }

  @Test func listing() throws {
    let response = get("/v1/cluster")
    #expect(response.status == 200)
    #expect(ClusterListing(response.json) == FakeTarget.cluster)
    let nodes = try #require(response.json["nodes"]?.items)
    #expect(nodes[0]["lag_records"] == nil && nodes[1]["resync"]?["seconds_left"]?.unsigned == 12)
    var damaged = FakeTarget.cluster
    damaged.nodes[1].resync = nil
    #expect(ClusterListing(damaged.json) == damaged && damaged != FakeTarget.cluster)
  }

  @Test(arguments: [
    ("bootstrap", "{}", ClusterCommand.bootstrap), ("drain", "{}", .drain),
    ("promote", #"{"node":"b"}"#, .promote("b")), ("demote", #"{"node":"b"}"#, .demote("b")),
    ("drop", #"{"node":"b"}"#, .drop("b", force: false)),
    ("drop", #"{"node":"b","force":true}"#, .drop("b", force: true)),
  ])
  func `a command gets to the daemon`(_ name: String, _ body: String, _ command: ClusterCommand) {
    let response = post(name, body)
    #expect(response.status == 200 && response.json["status"]?.text == "ok")
    #expect(target.commands.withLock { $0 } == [command])
  }

  @Test func `what the daemon refuses is said`() {
    let response = post("promote", #"{"node":"c"}"#)
    #expect(response.status == 409 && response.json["error"]?.text == "there is no node c")
  }

  @Test(arguments: [
    ("promote", "{}"), ("promote", #"{"node":""}"#), ("promote", #"{"node":1}"#), ("promote", "[]"),
    ("promote", #"{"node":"b","force":true}"#), ("drop", #"{"node":"b","force":1}"#),
    ("drop", #"{"node":"b","forced":true}"#), ("drain", #"{"node":"b"}"#), ("bootstrap", ""),
  ])
  func `what is no command changes nothing`(_ name: String, _ body: String) {
    #expect(post(name, body).status == 400)
    #expect(target.commands.withLock { $0 }.isEmpty)
  }

  @Test func `only POST commands`() {
    #expect(get("/v1/cluster/drain").status == 405)
    #expect(post("nothing", "{}").status == 404)
    #expect(target.commands.withLock { $0 }.isEmpty)
  }

  @Test func `a daemon without a cluster says so`() {
    let alone = FakeTarget(hasCluster: false)
    let router = AdminRouter(target: alone, isPrivate: true)
    #expect(get("/v1/cluster", router).status == 409)
    #expect(post("drain", "{}", router).status == 409)
    #expect(alone.commands.withLock { $0 }.isEmpty)
  }
}
