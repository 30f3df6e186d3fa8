import HearthJSON

/// From a request to its answer: no sockets here. Admin thread only.
struct AdminRouter {
  let target: any AdminTarget
  /// The interface is on a unix socket, which no browser can be talked into using.
  let isPrivate: Bool

  /// Bytes of a request's body.
  static let bodyLimit = 64 << 10
  /// Locks in one answer: what is asked for at most, and where nothing is said.
  static let lockRange: ClosedRange<UInt64> = 1...10_000
  static let presetLocks = 1000

  func answer(_ request: AdminRequest) -> AdminResponse {
    // A web page can make its visitor's browser connect to loopback, under a name of its own that it lets point
    // there. Such a request has that name as Host, and no page can send application/json without asking first.
    if !isPrivate, !HostName.isLoopback(request.host) {
      return .error(403, "the Host header must name loopback, as in Host: 127.0.0.1:11280")
    }
    switch request.path {
    case "/v1/health": return get(request) { .ok([("status", .string("ok"))]) }
    case "/v1/status": return get(request) { AdminResponse(status: 200, json: target.status().json) }
    case "/v1/locks": return get(request) { locks(request.query) }
    case "/v1/feeds":
      return get(request) { .ok([("feeds", .array(target.feeds().map(\.json)))]) }
    case "/v1/feeds/preview": return preview(request)
    case "/v1/feeds/verify": return verify(request)
    case "/v1/bump": return bump(request)
    case "/v1/cluster": return cluster(request)
    default:
      if request.path.hasPrefix(Self.clusterPath), let answer = clusterCommand(request) { return answer }
      return .error(
        404,
        "there is /v1/health, /v1/status, /v1/locks, /v1/feeds, /v1/feeds/preview, /v1/cluster and, with POST, /v1/feeds/verify, /v1/bump, "
          + "/v1/cluster/bootstrap, promote, demote, drop and drain"
      )
    }
  }

  private func get(_ request: AdminRequest, _ body: () -> AdminResponse) -> AdminResponse {
    request.method == .get ? body() : .error(405, "use GET for \(request.path)", allow: "GET")
  }

  private func locks(_ query: String) -> AdminResponse {
    var limit = Self.presetLocks
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "limit", let number = UInt64(parts[1]), Self.lockRange ~= number
      else {
        return .error(400, "the query can only be limit=N, N from 1 to \(Self.lockRange.upperBound)")
      }
      limit = Int(number)
    }
    return .ok([("locks", .array(target.locks(limit: limit).map(\.json)))])
  }

  /// What is wrong with a request that must be a POST of JSON; nil: nothing is.
  private func refusal(_ request: AdminRequest) -> AdminResponse? {
    guard request.method == .post else {
      return .error(405, "use POST for \(request.path)", allow: "POST")
    }
    guard Self.isJSON(request.contentType) else {
      return .error(415, "send the body as Content-Type: application/json")
    }
    guard request.body.count <= Self.bodyLimit else {
      return .error(413, "the body has \(request.body.count) bytes and may have \(Self.bodyLimit)")
    }
    return nil
  }

  func post(_ request: AdminRequest, _ body: (JSONValue) -> AdminResponse) -> AdminResponse {
    if let refusal = refusal(request) { return refusal }
    do throws(JSONError) {
      return body(try JSONParser.parse(request.body))
    } catch {
      return .error(400, "the body is not JSON, \(error.description)")
    }
  }

  private func bump(_ request: AdminRequest) -> AdminResponse {
    if let refusal = refusal(request) { return refusal }
    do throws(BumpRequest.Problem) {
      let wanted = try BumpRequest(request.body)
      switch target.bump(group: wanted.group) {
      case .bumped(let generation): return .ok([wanted.member, ("generation", .unsigned(generation))])
      case .refused(let line): return .error(409, line)
      }
    } catch {
      return .error(400, error.description)
    }
  }

  /// `application/json`, with or without parameters.
  private static func isJSON(_ contentType: String?) -> Bool {
    guard let type = contentType?.split(separator: ";", omittingEmptySubsequences: false).first else {
      return false
    }
    return type.lowercased().filter { $0 != " " && $0 != "\t" } == "application/json"
  }
}
