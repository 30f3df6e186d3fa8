import HearthFeed

/// A connection to the benchmark's database. Belongs to one thread.
final class DatabaseSession {
  let connection: DatabaseConnection

  init(socket: String) throws(SystemError) {
    do throws(DatabaseError) {
      connection = try DatabaseConnection.open(DatabaseAddress(.socket(socket), user: "root", password: ""))
    } catch {
      throw SystemError(error.description)
    }
  }

  /// Runs a statement without rows.
  func run(_ sql: String) throws(SystemError) {
    do throws(DatabaseError) {
      try connection.execute(sql)
    } catch {
      throw SystemError(error.description)
    }
  }

  /// The first row.
  func row(_ sql: String) throws(SystemError) -> [String] {
    do throws(DatabaseError) {
      return (try connection.row(sql) ?? []).map { $0 ?? "" }
    } catch {
      throw SystemError(error.description)
    }
  }
}
