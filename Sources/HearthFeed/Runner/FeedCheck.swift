import Glibc
import HearthConfig

/// Looks whether a feed's configuration fits the databases as they are, without starting it. Blocks as long as the servers take.
public struct FeedCheck: Sendable {
  /// What keeps the feed from working, a line each.
  public private(set) var problems: [String] = []
  /// What would be better, or could not be looked at.
  public private(set) var notes: [String] = []
  private let name: String

  /// Asks the servers of a feed.
  public init(name: String, _ configuration: DatabaseFeedConfiguration) {
    self.name = name
    var tablesAreChecked = false
    for source in configuration.sources {
      guard let connection = connect(source) else { continue }
      do throws(DatabaseError) {
        let report = try ServerReport(connection)
        let obstacles = report.obstacles(replicaID: configuration.serverID)
        problems += obstacles.map { "feed \(name): \(source.place): \($0)" }
        notes += report.hints.map { "feed \(name): \(source.place): \($0)" }
        if tablesAreChecked { continue }
        tablesAreChecked = true
        if let queried = configuration.queryFrom {
          guard let other = connect(queried) else { continue }
          try check(configuration, other, hasFullImages: report.hasFullImages)
        } else {
          try check(configuration, connection, hasFullImages: report.hasFullImages)
        }
      } catch {
        problems.append("feed \(name): \(source.place): \(error)")
      }
    }
    if !tablesAreChecked { notes.append("feed \(name): its tables are not checked") }
    checkKeys(configuration)
    checkFolder(configuration)
  }

  /// Tables that write the same keys take them from each other.
  private mutating func checkKeys(_ configuration: DatabaseFeedConfiguration) {
    var owners: [String: String] = [:]
    for table in configuration.tables {
      for template in table.entries.map(\.key) + table.requeries.map(\.key) {
        let shape = template.pieces.map { if case .literal(let text) = $0 { text } else { "{}" } }.joined()
        let owner = owners.updateValue(table.name, forKey: "\(table.pool) \(shape)")
        guard let owner, owner != table.name else { continue }
        notes.append(
          "feed \(name): tables \(owner) and \(table.name) both have keys like \(template): where two rows have the same key, "
            + "the one that was written last has the entry")
      }
    }
  }

  private mutating func checkFolder(_ configuration: DatabaseFeedConfiguration) {
    guard let path = configuration.checkpoint else { return }
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    var status = stat()
    if stat(folder.isEmpty ? "/" : String(folder), &status) != 0 {
      notes.append("feed \(name): checkpoint: \(folder): \(String(cString: strerror(errno)))")
    }
  }

  private mutating func connect(_ server: DatabaseServer) -> DatabaseConnection? {
    do throws(DatabaseError) {
      return try DatabaseConnection.open(DatabaseAddress(server))
    } catch {
      // What may be there again when the daemon starts is no mistake of the file's.
      if error.isUnreachable {
        notes.append("feed \(name): \(error)")
      } else {
        problems.append("feed \(name): \(error)")
      }
      return nil
    }
  }

  private mutating func check(
    _ configuration: DatabaseFeedConfiguration, _ connection: borrowing DatabaseConnection,
    hasFullImages: Bool
  ) throws(DatabaseError) {
    for (index, table) in configuration.tables.enumerated() {
      let known: TableDefinition?
      do throws(DatabaseError) {
        known = try TableDefinition(connection, TableName(database: table.database, table: table.table))
      } catch {
        if error.code != 0 { throw error }
        problems.append("feed \(name): \(error)")
        continue
      }
      guard let known else {
        problems.append(
          "feed \(name): table \(table.name) does not exist, or the account may not SELECT from it")
        continue
      }
      do throws(MappingError) {
        let mapping = try TableMapping(table, id: index, columns: known.columns)
        notes += mapping.hints(uniqueKeys: known.uniqueKeys).map { "feed \(name): \($0)" }
        if !hasFullImages, let reason = mapping.problemWithMinimalImages() {
          problems.append("feed \(name): \(reason)")
        }
      } catch {
        problems.append("feed \(name): \(error)")
      }
      for requery in table.requeries { try check(requery, table, connection) }
    }
  }

  /// The server compiles the statement, and forgets it.
  private mutating func check(
    _ requery: RequeryConfiguration, _ table: TableConfiguration, _ connection: borrowing DatabaseConnection
  ) throws(DatabaseError) {
    do throws(DatabaseError) {
      try connection.execute("USE \(SQLText.name(table.database))")
      try connection.execute("PREPARE hearth_check FROM \(SQLText.literal(requery.statement.text))")
      try connection.execute("DEALLOCATE PREPARE hearth_check")
    } catch {
      if error.isLossOfConnection { throw error }
      problems.append("feed \(name): requery \(requery.key): \(error)")
    }
  }
}
