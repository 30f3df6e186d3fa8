import HearthJSON

extension ClusterListing {
  /// As the interface shows it. What is not known is not there.
  public var json: JSONValue {
    .object([
      ("name", .string(name)), ("node", .string(node)), ("view", .unsigned(view)), ("store", .string(store)),
      ("trouble", .string(trouble)), ("map_change", .string(change)),
      ("file_current", .boolean(isFileCurrent)), ("nodes", .array(nodes.map(\.json))),
      ("pairs", .array(pairs.map(\.json))),
    ])
  }

  /// Reads what `json` made; nil when it is something else.
  public init?(_ json: JSONValue) {
    guard let name = json["name"]?.text, let node = json["node"]?.text, let view = json["view"]?.unsigned,
      let store = json["store"]?.text, let trouble = json["trouble"]?.text,
      let nodeList = json["nodes"]?.items, let pairList = json["pairs"]?.items
    else { return nil }
    let nodes = nodeList.compactMap(Node.init)
    let pairs = pairList.compactMap(Pair.init)
    guard nodes.count == nodeList.count, pairs.count == pairList.count else { return nil }
    self.init(name: name, node: node, view: view, store: store, trouble: trouble, nodes: nodes, pairs: pairs)
    guard let change = json["map_change"]?.text, case .boolean(let isFileCurrent)? = json["file_current"]
    else { return nil }
    self.change = change
    self.isFileCurrent = isFileCurrent
  }
}

extension ClusterListing.Pair {
  fileprivate var json: JSONValue {
    .object([("nodes", .array(nodes.map { .string($0) })), ("active", .string(active))])
  }

  fileprivate init?(_ json: JSONValue) {
    guard let list = json["nodes"]?.items, let active = json["active"]?.text else { return nil }
    let names = list.compactMap(\.text)
    guard names.count == list.count else { return nil }
    self.init(nodes: names, active: active)
  }
}

extension ClusterListing.Node {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("zone", .string(zone)), ("address", .string(address)),
      ("state", .string(state)), ("incarnation", .unsigned(incarnation)), ("since", .unsigned(since)),
      ("epoch", .unsigned(epoch)), ("protected", .boolean(isProtected)),
      ("complete", .boolean(isComplete)),
    ]
    if let lag {
      members.append(("lag_records", .unsigned(lag.records)))
      members.append(("lag_ms", .unsigned(lag.milliseconds)))
    }
    if let resync { members.append(("resync", resync.json)) }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let name = json["name"]?.text, let zone = json["zone"]?.text, let address = json["address"]?.text,
      let state = json["state"]?.text, let incarnation = json["incarnation"]?.unsigned,
      let since = json["since"]?.unsigned, let epoch = json["epoch"]?.unsigned,
      case .boolean(let isProtected)? = json["protected"],
      case .boolean(let isComplete)? = json["complete"]
    else { return nil }
    var lag: ClusterListing.Lag?
    if let records = json["lag_records"]?.unsigned, let milliseconds = json["lag_ms"]?.unsigned {
      lag = ClusterListing.Lag(records: records, milliseconds: milliseconds)
    }
    var resync: ClusterListing.Resync?
    if let progress = json["resync"] {
      resync = ClusterListing.Resync(progress)
      if resync == nil { return nil }
    }
    self.init(
      name: name, zone: zone, address: address, state: state, incarnation: incarnation, since: since,
      epoch: epoch, lag: lag, resync: resync, isProtected: isProtected)
    self.isComplete = isComplete
  }
}

extension ClusterListing.Resync {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("items", .unsigned(items)), ("bytes", .unsigned(bytes)), ("percent", .unsigned(percent)),
    ]
    if let secondsLeft { members.append(("seconds_left", .unsigned(secondsLeft))) }
    return .object(members)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let items = json["items"]?.unsigned, let bytes = json["bytes"]?.unsigned,
      let percent = json["percent"]?.unsigned
    else { return nil }
    self.init(items: items, bytes: bytes, percent: percent, secondsLeft: json["seconds_left"]?.unsigned)
  }
}
