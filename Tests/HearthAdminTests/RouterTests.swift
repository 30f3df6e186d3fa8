import Testing

@testable import HearthAdmin

/// Each request and what is answered, without sockets.
@Suite struct RouterTests {
  private let target = FakeTarget()

  private func answer(_ request: AdminRequest, isPrivate: Bool = false) -> AdminResponse {
    AdminRouter(target: target, isPrivate: isPrivate).answer(request)
  }

  private func get(_ path: String, query: String = "", host: String? = "127.0.0.1:11280") -> AdminResponse {
    answer(AdminRequest(method: .get, path: path, query: query, host: host))
  }

  private func bump(_ body: String, type: String? = "application/json") -> AdminResponse {
    bump(Array(body.utf8), type: type)
  }

  private func bump(_ body: [UInt8], type: String? = "application/json") -> AdminResponse {
    answer(
      AdminRequest(method: .post, path: "/v1/bump", host: "localhost", contentType: type, body: body))
  }

  @Test func health() { #expect(get("/v1/health").json.description == #"{"status":"ok"}"#) }

  @Test func status() throws {
    let response = get("/v1/status")
    #expect(response.status == 200)
    #expect(AdminStatus(response.json) == FakeTarget.someStatus)
    #expect(
      response.json.description.hasPrefix(
        #"{"version":"9.8.7","uptime_seconds":61,"pid":4711,"pools":[{"name":"default","kind":"cache","items":5,"#
          + #""bytes":600,"limit_bytes":67108864}"#))
  }

  @Test func locks() {
    let response = get("/v1/locks", query: "limit=1")
    let one = #"{"key_md5":"9e107d9d372bb6826bd81d3542a419d6","owner":17,"held_ms":1500,"waiters":3}"#
    #expect(response.json.description == #"{"locks":[\#(one)]}"#)
    #expect(response.json["locks"]?.items?.first.flatMap(LockListing.init) == FakeTarget.lock)
    #expect(get("/v1/locks").status == 200)
    #expect(get("/v1/locks", query: "limit=10000").status == 200)
    #expect(target.limits.withLock { $0 } == [1, 1000, 10_000])
  }

  @Test(arguments: [
    "limit=0", "limit=10001", "limit=x", "limit=", "limit", "limit=-1", "other=1", "limit=1&x=2",
  ])
  func wrongLimit(query: String) {
    let response = get("/v1/locks", query: query)
    #expect(response.status == 400)
    #expect(response.json["error"]?.text == "the query can only be limit=N, N from 1 to 10000")
    #expect(target.limits.withLock { $0.isEmpty })
  }

  @Test func bumps() {
    #expect(bump(#"{"group":"user:42"}"#).json.description == #"{"group":"user:42","generation":43}"#)
    #expect(
      bump(#" {"group_base64":"AP8="} "#, type: "Application/JSON; charset=utf-8").json.description
        == #"{"group_base64":"AP8=","generation":43}"#)
    #expect(target.bumped.withLock { $0 } == [Array("user:42".utf8), [0, 255]])
  }

  @Test func aRefusedBumpIsAConflict() {
    let response = bump(#"{"group":"refused"}"#)
    #expect(response.status == 409)
    #expect(response.json.description == #"{"error":"no pool uses generations"}"#)
  }

  @Test(arguments: [
    ("", "the body is not JSON, byte 0: the text ends where a value should be; "),
    ("{", "the body is not JSON, byte 1: a name in quotes was expected; "),
    ("group=user", "the body is not JSON, byte 0: a value was expected; "),
    ("[]", "the body must be an object with one member; "),
    ("{}", "the body must be an object with one member; "),
    (#"{"group":"a","group_base64":"YQ=="}"#, "the body must be an object with one member; "),
    (#"{"gruop":"a"}"#, "the body must be an object with one member; "),
    (#"{"group":42}"#, "group must be a text; "),
    (#"{"group_base64":null}"#, "group_base64 must be a text; "),
    (#"{"group":""}"#, "the group's name has 0 bytes; give 1 to 250"),
    (#"{"group_base64":""}"#, "the group's name has 0 bytes; give 1 to 250"),
    (#"{"group_base64":"YQ"}"#, "group_base64 is not base64; "),
    (#"{"group_base64":"Y Q=="}"#, "group_base64 is not base64; "),
    (#"{"group_base64":"YR=="}"#, "group_base64 is not base64; "),
    (#"{"group_base64":"é"}"#, "group_base64 is not base64; "),
  ])
  func wrongBody(body: String, line: String) {
    let response = bump(body)
    #expect(response.status == 400)
    #expect(response.json["error"]?.text?.hasPrefix(line) == true, "\(response.json)")
    #expect(target.bumped.withLock { $0.isEmpty })
  }

  @Test func aGroupHasAtMost250Bytes() {
    #expect(bump(#"{"group":"\#(String(repeating: "g", count: 250))"}"#).status == 200)
    #expect(bump(#"{"group":"\#(String(repeating: "g", count: 251))"}"#).status == 400)
  }

  @Test func aBodyHasAtMost64KiB() {
    let blanks = [UInt8](repeating: 0x20, count: (64 << 10) - 13)
    #expect(bump(Array(#"{"group":"a"}"#.utf8) + blanks).status == 200)
    #expect(bump(Array(#"{"group":"a"}"#.utf8) + blanks + [0x20]).status == 413)
  }

  @Test(arguments: [
    nil, "", "text/plain", "application/x-www-form-urlencoded", "application/json-patch", ";",
  ])
  func anotherContentType(type: String?) {
    #expect(bump(#"{"group":"a"}"#, type: type).status == 415)
    #expect(target.bumped.withLock { $0.isEmpty })
  }

  @Test(arguments: [
    (AdminRequest.Method.post, "/v1/status", "GET"), (.other, "/v1/health", "GET"),
    (.post, "/v1/locks", "GET"),
    (.get, "/v1/bump", "POST"), (.other, "/v1/bump", "POST"),
  ])
  func wrongMethod(method: AdminRequest.Method, path: String, allowed: String) {
    let response = answer(AdminRequest(method: method, path: path, host: "localhost"))
    #expect(response.status == 405)
    #expect(response.allow == allowed)
    #expect(response.json["error"]?.text == "use \(allowed) for \(path)")
  }

  @Test(arguments: ["", "/", "/v1", "/v1/status/", "/v2/status", "/v1/Status", "/v1/../v1/status"])
  func unknownPath(path: String) { #expect(get(path).status == 404) }

  @Test(arguments: [
    "localhost", "LOCALHOST:80", "127.0.0.1", "127.0.0.1:11280", "127.1.2.3", "[::1]", "[::1]:5",
    "localhost:",
  ])
  func loopbackHosts(host: String) { #expect(get("/v1/health", host: host).status == 200) }

  @Test(arguments: [
    nil, "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "128.0.0.1", "127.0.0.256",
    "127.0.0", "127.0.0.+1", "[::2]", "::1", "localhost:80:80", "localhost:x", "[::1]x", "0.0.0.0",
    "user@localhost",
  ])
  func foreignHosts(host: String?) {
    #expect(get("/v1/status", host: host).status == 403)
    // Who can open a unix socket is no web page.
    let request = AdminRequest(method: .get, path: "/v1/status", host: host)
    #expect(answer(request, isPrivate: true).status == 200)
  }
}
