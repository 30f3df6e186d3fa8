import HearthJSON

/// What a daemon is and holds, as `GET /v1/status` tells it.
public struct AdminStatus: Equatable, Sendable {
  /// hearthd's own version.
  public var version: String
  /// Seconds since the start.
  public var uptime: UInt64
  /// The process.
  public var pid: Int32
  /// The default pool first, then the others in the order of the configuration.
  public var pools: [Pool]

  /// A status of these parts.
  public init(version: String, uptime: UInt64, pid: Int32, pools: [Pool]) {
    self.version = version
    self.uptime = uptime
    self.pid = pid
    self.pools = pools
  }

  /// One pool.
  public struct Pool: Equatable, Sendable {
    /// Its name in the configuration.
    public var name: String
    /// `cache` or `deterministic`.
    public var kind: String
    /// Live items.
    public var items: UInt64
    /// Bytes of live items, headers included.
    public var bytes: UInt64
    /// The memory limit in force, bytes.
    public var limit: UInt64

    /// A pool of these parts.
    public init(name: String, kind: String, items: UInt64, bytes: UInt64, limit: UInt64) {
      self.name = name
      self.kind = kind
      self.items = items
      self.bytes = bytes
      self.limit = limit
    }
  }
}

extension AdminStatus {
  /// As the interface shows it.
  public var json: JSONValue {
    .object([
      ("version", .string(version)), ("uptime_seconds", .unsigned(uptime)),
      ("pid", .unsigned(UInt64(max(0, pid)))), ("pools", .array(pools.map(\.json))),
    ])
  }

  /// Reads what `json` made; nil when it is something else.
  public init?(_ json: JSONValue) {
    guard let version = json["version"]?.text, let uptime = json["uptime_seconds"]?.unsigned,
      let pid = json["pid"]?.unsigned.flatMap(Int32.init(exactly:)), let list = json["pools"]?.items
    else { return nil }
    let pools = list.compactMap(Pool.init)
    guard pools.count == list.count else { return nil }
    self.init(version: version, uptime: uptime, pid: pid, pools: pools)
  }
}

extension AdminStatus.Pool {
  var json: JSONValue {
    .object([
      ("name", .string(name)), ("kind", .string(kind)), ("items", .unsigned(items)),
      ("bytes", .unsigned(bytes)), ("limit_bytes", .unsigned(limit)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.text, let kind = json["kind"]?.text, let items = json["items"]?.unsigned,
      let bytes = json["bytes"]?.unsigned, let limit = json["limit_bytes"]?.unsigned
    else { return nil }
    self.init(name: name, kind: kind, items: items, bytes: bytes, limit: limit)
  }
}
