import HearthJSON

/// A command to the cluster: sent, then either taken, or refused with the reason.
enum ClusterOrder {
  static func send(
    _ name: String, _ members: [(String, JSONValue)] = [], done: String, _ options: AdminOptions
  ) throws(Failure) {
    let client = try options.client()
    let answer = try client.post("/v1/cluster/\(name)", .object(members))
    try options.show(answer, client) { $0["status"]?.text == "ok" ? done : nil }
  }
}
