import HearthJSON

/// What a feed does, as `GET /v1/feeds` tells it.
public struct FeedListing: Equatable, Sendable {
  /// Its name in the configuration.
  public var name: String
  /// `connecting`, `loading`, `following` or `stopped`.
  public var phase: String
  /// What it follows.
  public var server: String
  /// Everything before it is applied.
  public var position: String
  /// Percent of a load under way; 100: none is.
  public var loadPercent: UInt64
  /// Seconds that a load will take yet; nil: not known, or none is under way.
  public var loadSecondsLeft: UInt64?
  /// Seconds since the commit of what was applied last; 0: nothing waits.
  public var lagSeconds: UInt64
  /// Bytes of the log that wait; nil: not known.
  public var lagBytes: UInt64?
  /// Transactions that wait; nil: not known.
  public var lagTransactions: UInt64?
  /// Entries that sweeps and verifications found to be wrong, and repaired.
  public var differences: UInt64
  /// The last thing that went wrong; empty: nothing did.
  public var lastError: String
  /// Seconds since then; nil: never.
  public var lastErrorAge: UInt64?
  /// Its tables.
  public var tables: [Table]

  /// A listing of these parts.
  public init(
    name: String, phase: String, server: String, position: String, loadPercent: UInt64,
    loadSecondsLeft: UInt64?,
    lagSeconds: UInt64, lagBytes: UInt64?, lagTransactions: UInt64?, differences: UInt64, lastError: String,
    lastErrorAge: UInt64?, tables: [Table]
  ) {
    self.name = name
    self.phase = phase
    self.server = server
    self.position = position
    self.loadPercent = loadPercent
    self.loadSecondsLeft = loadSecondsLeft
    self.lagSeconds = lagSeconds
    self.lagBytes = lagBytes
    self.lagTransactions = lagTransactions
    self.differences = differences
    self.lastError = lastError
    self.lastErrorAge = lastErrorAge
    self.tables = tables
  }

  /// One table.
  public struct Table: Equatable, Sendable {
    /// `database.table`.
    public var name: String
    /// Its entries are complete.
    public var isLoaded: Bool
    /// Rows read by the reading under way, or by the last.
    public var rows: UInt64
    /// Why it is not followed; nil: it is.
    public var problem: String?
    /// Verifications that have ended.
    public var verifications: UInt64
    /// What the last of them found: rows, entries that were wrong, entries without a row.
    public var verified: (rows: UInt64, differences: UInt64, vanished: UInt64)

    /// A table of these parts.
    public init(
      name: String, isLoaded: Bool, rows: UInt64, problem: String?, verifications: UInt64,
      verified: (rows: UInt64, differences: UInt64, vanished: UInt64)
    ) {
      self.name = name
      self.isLoaded = isLoaded
      self.rows = rows
      self.problem = problem
      self.verifications = verifications
      self.verified = verified
    }

    /// All parts are.
    public static func == (a: Table, b: Table) -> Bool {
      a.name == b.name && a.isLoaded == b.isLoaded && a.rows == b.rows && a.problem == b.problem
        && a.verifications == b.verifications && a.verified == b.verified
    }
  }
}

extension FeedListing {
  /// As the interface shows it. What is not known is not there.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("phase", .string(phase)), ("server", .string(server)),
      ("position", .string(position)), ("load_percent", .unsigned(loadPercent)),
    ]
    if let loadSecondsLeft { members.append(("load_seconds_left", .unsigned(loadSecondsLeft))) }
    members.append(("lag_seconds", .unsigned(lagSeconds)))
    if let lagBytes { members.append(("lag_bytes", .unsigned(lagBytes))) }
    if let lagTransactions { members.append(("lag_transactions", .unsigned(lagTransactions))) }
    members.append(("differences", .unsigned(differences)))
    members.append(("last_error", .string(lastError)))
    if let lastErrorAge { members.append(("last_error_age", .unsigned(lastErrorAge))) }
    members.append(("tables", .array(tables.map(\.json))))
    return .object(members)
  }

  /// Reads what `json` made; nil when it is something else.
  public init?(_ json: JSONValue) {
    guard let name = json["name"]?.text, let phase = json["phase"]?.text, let server = json["server"]?.text,
      let position = json["position"]?.text, let percent = json["load_percent"]?.unsigned,
      let lag = json["lag_seconds"]?.unsigned, let differences = json["differences"]?.unsigned,
      let lastError = json["last_error"]?.text, let list = json["tables"]?.items
    else { return nil }
    let tables = list.compactMap(Table.init)
    guard tables.count == list.count else { return nil }
    self.init(
      name: name, phase: phase, server: server, position: position, loadPercent: percent,
      loadSecondsLeft: json["load_seconds_left"]?.unsigned, lagSeconds: lag,
      lagBytes: json["lag_bytes"]?.unsigned,
      lagTransactions: json["lag_transactions"]?.unsigned, differences: differences, lastError: lastError,
      lastErrorAge: json["last_error_age"]?.unsigned, tables: tables)
  }
}

extension FeedListing.Table {
  /// As the interface shows it.
  public var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("loaded", .boolean(isLoaded)), ("rows", .unsigned(rows)),
    ]
    if let problem { members.append(("problem", .string(problem))) }
    return .object(
      members + [
        ("verifications", .unsigned(verifications)), ("verified_rows", .unsigned(verified.rows)),
        ("verified_differences", .unsigned(verified.differences)),
        ("verified_vanished", .unsigned(verified.vanished)),
      ])
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.text, case .boolean(let isLoaded)? = json["loaded"],
      let rows = json["rows"]?.unsigned, let count = json["verifications"]?.unsigned,
      let read = json["verified_rows"]?.unsigned, let differences = json["verified_differences"]?.unsigned,
      let vanished = json["verified_vanished"]?.unsigned
    else { return nil }
    self.init(
      name: name, isLoaded: isLoaded, rows: rows, problem: json["problem"]?.text, verifications: count,
      verified: (rows: read, differences: differences, vanished: vanished))
  }
}
