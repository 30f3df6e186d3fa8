import Testing

@testable import HearthAdmin

/// Requests about feeds, without sockets.
@Suite struct FeedRouterTests {
  private let router = AdminRouter(target: FakeTarget(), isPrivate: true)

  private func get(_ path: String, query: String = "") -> AdminResponse {
    router.answer(AdminRequest(method: .get, path: path, query: query, host: nil))
  }

  private func post(_ path: String, _ body: String) -> AdminResponse {
    router.answer(
      AdminRequest(
        method: .post, path: path, host: nil, contentType: "application/json", body: Array(body.utf8)))
  }

  @Test func feeds() throws {
    let response = get("/v1/feeds")
    #expect(response.status == 200)
    let first = try #require(response.json["feeds"]?.items?.first)
    #expect(FeedListing(first) == FakeTarget.feed)
    #expect(first["lag_bytes"] == nil && first["lag_transactions"]?.unsigned == 3)
  }

  @Test func verify() {
    #expect(
      post("/v1/feeds/verify", #"{"table":"site.users"}"#).json.description
        == #"{"table":"site.users","verification":3}"#)
    #expect(post("/v1/feeds/verify", #"{"table":"x"}"#).status == 409)
    for body in ["", "{}", "[]", #"{"table":1}"#] {
      #expect(post("/v1/feeds/verify", body).status == 400)
    }
    #expect(get("/v1/feeds/verify").status == 405)
  }

  @Test func preview() {
    #expect(
      post("/v1/feeds/preview", #"{"table":"site.users"}"#).json.description
        == #"{"table":"site.users","number":5}"#)
    #expect(
      post("/v1/feeds/preview", #"{"table":"site.users","rows":100}"#).json["number"]?.unsigned == 100)
    for rows in ["0", "101", "-1", "\"5\"", "1.5"] {
      #expect(post("/v1/feeds/preview", #"{"table":"site.users","rows":\#(rows)}"#).status == 400, "\(rows)")
    }
    #expect(PreviewListing(get("/v1/feeds/preview", query: "number=5").json) == .done(FakeTarget.rows))
    #expect(PreviewListing(get("/v1/feeds/preview", query: "number=6").json) == .failed("no connection"))
    #expect(PreviewListing(get("/v1/feeds/preview", query: "number=7").json) == .pending)
    #expect(get("/v1/feeds/preview", query: "number=8").status == 404)
    for query in ["", "number=", "number=x", "other=1"] {
      #expect(get("/v1/feeds/preview", query: query).status == 400, "\(query)")
    }
  }
}
