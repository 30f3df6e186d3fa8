import HearthConfig

/// What the tables look like.
extension DatabaseFeed {
  /// Asks for the table's definition, and compiles its mapping for it. What cannot be followed is told, and leaves the other
  /// tables alone. Not under the lock.
  func define(
    _ table: FollowedTable, _ connection: borrowing DatabaseConnection, hasFullImages: Bool
  ) throws(DatabaseError) {
    // What changes from here on is asked once more.
    monitor.locked { table.mustBeDefined = false }
    var problem: String?
    var definition: TableDefinition?
    var mapping: TableMapping?
    do throws(DatabaseError) {
      definition = try TableDefinition(connection, table.name)
      if definition == nil {
        problem = "table \(table.name) does not exist, or the account may not SELECT from it"
      }
    } catch {
      if error.code != 0 {
        monitor.locked { table.mustBeDefined = true }
        throw error
      }
      problem = error.description
    }
    if let definition {
      do throws(MappingError) {
        let made = try TableMapping(table.configuration, id: table.index, columns: definition.columns)
        mapping = made
        if !hasFullImages, let reason = made.problemWithMinimalImages() { problem = "\(reason)" }
        if definition.primaryKey.isEmpty, !hasFullImages {
          problem = "table \(table.name) has no primary key, and binlog_row_image is not FULL"
        }
      } catch {
        problem = "\(error)"
      }
    }
    let (isNews, isNew) = monitor.locked {
      let isNews = problem != nil && problem != table.problem
      let isSame = definition?.schema == table.definition?.schema && table.mapping != nil
      table.definition = definition
      table.problem = problem
      if !isSame {
        table.mapping = problem == nil ? mapping : nil
        table.generation += 1
        if table.pass != nil { table.restart(.reload) }
      }
      announceReadiness()
      return (isNews, !isSame)
    }
    if isNews, let problem { tell(problem) }
    if isNew, problem == nil, let definition, let mapping {
      mapping.hints(uniqueKeys: definition.uniqueKeys).forEach(tell)
    }
  }
}
