import HearthJSON

/// `GET /v1/cluster`, and the operator's commands: `POST /v1/cluster/bootstrap` and `drain` with `{}`, `promote`, `demote` and `drop` with
/// `{"node":"b"}`, `drop` also with `"force":true`; `rebalance` with `{}` or `{"cancel":true}`.
extension AdminRouter {
  /// What the paths of commands begin with.
  static let clusterPath = "/v1/cluster/"
  static let noCluster =
    "this hearthd has no cluster with views; they come with pools of several copies, or with etcd: or state_file: in cluster:"

  func cluster(_ request: AdminRequest) -> AdminResponse {
    guard request.method == .get else {
      return .error(405, "use GET for \(request.path)", allow: "GET")
    }
    guard let listing = target.cluster() else { return .error(409, Self.noCluster) }
    return AdminResponse(status: 200, json: listing.json)
  }

  /// Nil: there is no command of this name.
  func clusterCommand(_ request: AdminRequest) -> AdminResponse? {
    let name = String(request.path.dropFirst(Self.clusterPath.count))
    switch name {
    case "bootstrap", "drain":
      return post(request) { json in
        guard json == .object([]) else { return .error(400, "send {}: it is the node that is asked") }
        return carryOut(name == "drain" ? .drain : .bootstrap)
      }
    case "rebalance":
      return post(request) { json in
        if json == .object([]) { return carryOut(.rebalance) }
        guard json == .object([("cancel", .boolean(true))]) else {
          return .error(400, #"send {} or {"cancel":true}"#)
        }
        return carryOut(.cancelRebalance)
      }
    case "promote", "demote":
      return post(request) { json in
        guard let node = Self.node(json, and: []) else { return .error(400, #"send {"node":"b"}"#) }
        return carryOut(name == "promote" ? .promote(node) : .demote(node))
      }
    case "drop":
      return post(request) { json in
        let force = json["force"] ?? .boolean(false)
        guard let node = Self.node(json, and: ["force"]), case .boolean(let force) = force else {
          return .error(400, #"send {"node":"b"} or {"node":"b","force":true}"#)
        }
        return carryOut(.drop(node, force: force))
      }
    default: return nil
    }
  }

  /// The node of a body that has no other members than these; nil: it is something else.
  private static func node(_ json: JSONValue, and others: [String]) -> String? {
    guard case .object(let members) = json,
      members.list.allSatisfy({ $0.name == "node" || others.contains($0.name) }),
      let node = json["node"]?.text, !node.isEmpty
    else { return nil }
    return node
  }

  private func carryOut(_ command: ClusterCommand) -> AdminResponse {
    guard target.cluster() != nil else { return .error(409, Self.noCluster) }
    if let refusal = target.command(command) { return .error(409, refusal) }
    return .ok([("status", .string("ok"))])
  }
}
