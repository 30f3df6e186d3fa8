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
  }

  private mutating func connect(_ server: DatabaseServer) -> DatabaseConnection? {
    do throws(DatabaseError) {
      return try DatabaseConnection.open(DatabaseAddress(server))
    } catch {
      notes.append("feed \(name): \(error)")
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
