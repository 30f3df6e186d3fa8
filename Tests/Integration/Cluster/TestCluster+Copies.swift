import Glibc
import TestDatabase

/// Clusters whose pools have several copies.
extension TestCluster {
  /// A cluster that decides by the etcd of all tests, or by this one, started and ready.
  /// - Parameters:
  ///   - rule: Further keys of the pool, `replication: async` and the like.
  ///   - spare: Nodes more than the copies name.
  convenience init(
    copies: String, rule: String = "", settings: [String] = [], zones: [String] = [], more: String = "",
    etcd: PrivateEtcd? = nil, spare: Int = 0, starts: Bool = true
  ) throws {
    let shared = try SharedEtcd.claim()
    let members = copies.count { $0.isLetter }
    try self.init(
      members + spare, pools: Self.pool(copies, rule),
      settings: settings + [
        "peer_timeout: 2s", "name: \(shared.name)",
        "etcd: {endpoints: [\"127.0.0.1:\(etcd?.port ?? shared.port)\"]}",
      ], zones: zones, more: more, starts: false)
    if starts {
      try bootstrap(
        Array(0..<copies.prefix { $0 != "]" }.count { $0.isLetter }), ready: Array(0..<members))
    }
  }

  /// The default pool in these copies.
  static func pool(_ copies: String, _ rule: String = "") -> String {
    "  - {name: default, copies: \(copies)\(rule.isEmpty ? "" : ", " + rule)}"
  }

  /// The first start: the nodes of the first copy become ready with nothing in it, then all others of the map.
  func bootstrap(_ first: [Int], ready: [Int]? = nil) throws {
    while nodes.count < names.count { try startNext() }
    try awaitLinks()
    for index in first {
      try order("bootstrap", at: index)
      try eventually("node \(names[index]) is ready") { try report(at: index)[index].isReady }
    }
    try awaitReady(ready)
  }

  /// One node, as another one sees it.
  struct NodeReport {
    let name: String
    /// `empty`, `syncing`, `warm`, `active` or `down`.
    let state: String
    /// Number of the view in which it became ready; 0: it is not.
    let since: UInt64
    /// Number of the view in which it became primary of keys last; 0: it is primary of none.
    let epoch: UInt64

    var isReady: Bool { since != 0 }
  }

  /// What `GET /v1/cluster` of a node says of all nodes.
  func report(at index: Int) throws -> [NodeReport] {
    let answer = try http("GET", "/v1/cluster", "", at: index)
    return answer.split(separator: #"{"name":""#).dropFirst().compactMap { text in
      guard let state = Self.member("state", text), let since = Self.member("since", text),
        let epoch = Self.member("epoch", text)
      else { return nil }
      return NodeReport(
        name: String(text.prefix { $0 != "\"" }), state: state, since: UInt64(since) ?? 0,
        epoch: UInt64(epoch) ?? 0)
    }
  }

  /// Number of the view that a node goes by.
  func view(at index: Int) throws -> UInt64 {
    let answer = try http("GET", "/v1/cluster", "", at: index)
    return Self.member("view", Substring(answer)).flatMap { UInt64($0) } ?? 0
  }

  private static func member(_ name: String, _ text: Substring) -> String? {
    guard let range = text.firstRange(of: "\"\(name)\":") else { return nil }
    return String(text[range.upperBound...].drop { $0 == "\"" }.prefix { !"\",}".contains($0) })
  }

  /// Asks a node for something, as hearthctl does; the answer has to be that it is done or begun.
  func order(_ command: String, _ body: String = "{}", at index: Int) throws {
    let answer = try http("POST", "/v1/cluster/\(command)", body, at: index)
    guard answer.hasPrefix("HTTP/1.1 200 ") else { throw TestFailure("\(command): \(answer)") }
  }

  /// The whole answer of a node's admin interface.
  func http(_ method: String, _ path: String, _ body: String, at index: Int) throws -> String {
    let client = try Client(path: folder.file("\(names[index]).sock"))
    try client.send(
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    return String(decoding: try client.readToEnd(), as: UTF8.self)
  }

  /// The numbers of the nodes that run.
  var running: [Int] { nodes.indices.filter { nodes[$0].isRunning } }

  /// Waits until every node that runs sees exactly these nodes ready, by default all that run.
  func awaitReady(_ ready: [Int]? = nil, seconds: Double = 20) throws {
    let wanted = (ready ?? running).map { names[$0] }
    var last = ""
    do {
      try eventually("the nodes are ready", seconds: seconds) {
        for index in running {
          let report = try report(at: index)
          last = report.map { "\($0.name) \($0.state) since \($0.since)" }.joined(separator: ", ")
          if report.filter(\.isReady).map(\.name) != wanted { return false }
          let own = report.first { $0.name == names[index] }
          if own?.isReady == true, own?.state != "warm" && own?.state != "active" { return false }
        }
        return true
      }
    } catch { throw TestFailure("\(wanted) do not get ready: \(last)\n\(logs)") }
  }

  /// What the nodes said.
  var logs: String { zip(names, nodes).map { "---- \($0)\n\($1.errors)" }.joined(separator: "\n") }

  /// Kills a node as a crash does.
  func kill(_ index: Int) throws {
    nodes[index].process.signal(SIGKILL)
    _ = try nodes[index].process.wait()
  }
}
