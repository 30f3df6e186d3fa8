/// What a server says about itself, as far as a feed depends on it.
public struct ServerReport: Sendable {
  /// MariaDB or MySQL.
  public let kind: ServerKind
  /// As it calls itself.
  public let version: String
  /// Its number among servers; no replica may have the same.
  public let serverID: UInt32
  private let variables: [String: String]
  private let grants: [String]

  private static let names = [
    "version", "server_id", "log_bin", "binlog_format", "binlog_row_image", "binlog_row_metadata",
  ]

  /// Asks the server.
  public init(_ connection: borrowing DatabaseConnection) throws(DatabaseError) {
    let list = Self.names.map { "'\($0)'" }.joined(separator: ", ")
    var variables: [String: String] = [:]
    for row in try connection.query("SHOW GLOBAL VARIABLES WHERE Variable_name IN (\(list))").texts {
      if row.count == 2, let name = row[0], let value = row[1] { variables[name.lowercased()] = value }
    }
    grants = try connection.query("SHOW GRANTS").texts.compactMap { $0.first ?? nil }
    self.variables = variables
    version = variables["version"] ?? ""
    kind = ServerKind(version: version)
    serverID = variables["server_id"].flatMap { UInt32($0) } ?? 0
  }

  /// For tests.
  init(variables: [String: String], grants: [String]) {
    self.variables = variables
    self.grants = grants
    version = variables["version"] ?? ""
    kind = ServerKind(version: version)
    serverID = variables["server_id"].flatMap { UInt32($0) } ?? 0
  }

  /// Rows come with all their columns.
  public var hasFullImages: Bool { variables["binlog_row_image"]?.uppercased() == "FULL" }

  /// Events name the columns.
  public var hasFullMetadata: Bool { variables["binlog_row_metadata"]?.uppercased() == "FULL" }

  /// Why a feed cannot follow this server, a line each with what to change. Empty: it can.
  /// - Parameter replicaID: The feed's own number.
  public func obstacles(replicaID: UInt32) -> [String] {
    var lines: [String] = []
    if variables["log_bin"]?.uppercased() != "ON" && variables["log_bin"] != "1" {
      lines.append("the server writes no binlog: start it with --log-bin")
    }
    let format = variables["binlog_format"]?.uppercased()
    if let format, format != "ROW" {
      lines.append(
        "binlog_format is \(format): SET GLOBAL binlog_format = ROW, and in the server's configuration")
    }
    if serverID == replicaID {
      lines.append("server_id \(replicaID) is the server's own: give the feed another server_id")
    }
    return lines + missingGrants
  }

  /// What a feed gets along with, a line each with what would be better.
  public var hints: [String] {
    var lines: [String] = []
    if let image = variables["binlog_row_image"]?.uppercased(), image != "FULL" {
      lines.append(
        "binlog_row_image is \(image): changed rows have to be read again; SET GLOBAL binlog_row_image = FULL"
      )
    }
    if !hasFullMetadata {
      lines.append(
        "binlog_row_metadata is \(variables["binlog_row_metadata"] ?? "not known to this server"): columns are looked up "
          + "in the schema; SET GLOBAL binlog_row_metadata = FULL is safer beside ALTER TABLE")
    }
    return lines
  }

  private var missingGrants: [String] {
    let all = grants.map { $0.uppercased() }
    if all.contains(where: { $0.hasPrefix("GRANT ALL PRIVILEGES ON *.*") }) { return [] }
    // Roles and grants that cannot be seen: the server itself will say no.
    if !all.contains(where: { $0.hasPrefix("GRANT ") && $0.contains(" ON *.*") }) { return [] }
    let global = all.filter { $0.contains(" ON *.*") }.joined(separator: " ")
    var lines: [String] = []
    // MariaDB shows BINLOG MONITOR for REPLICATION CLIENT.
    let wanted: [(String, [String])] = [
      ("REPLICATION SLAVE", ["REPLICATION SLAVE", "REPLICATION REPLICA"]),
      ("REPLICATION CLIENT", ["REPLICATION CLIENT", "BINLOG MONITOR"]),
    ]
    for (name, forms) in wanted where !forms.contains(where: { global.contains($0) }) {
      lines.append("the account lacks \(name): GRANT \(name) ON *.* TO it")
    }
    return lines
  }
}
