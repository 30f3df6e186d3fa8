/// Tells what a statement of the log does. One pass, without looking at values; only DDL allocates, for its names.
struct StatementParser {
  private var scanner: SQLScanner
  private var token = SQLScanner.Token.end
  private let database: UnsafeRawBufferPointer

  private init(_ text: UnsafeRawBufferPointer, database: UnsafeRawBufferPointer) {
    scanner = SQLScanner(text)
    self.database = database
    advance()
  }

  /// What `text` does in a session whose default database is `database`.
  static func classify(_ text: UnsafeRawBufferPointer, database: UnsafeRawBufferPointer) -> QueryStatement {
    var parser = StatementParser(text, database: database)
    return parser.statement()
  }

  private mutating func advance() { token = scanner.next() }

  /// Passes the keyword if it is next.
  private mutating func pass(_ keyword: StaticString) -> Bool {
    guard token == .word, scanner.isWord(keyword) else { return false }
    advance()
    return true
  }

  private mutating func passAll(_ first: StaticString, _ second: StaticString) -> Bool {
    pass(first) && pass(second)
  }

  /// Passes everything up to and including the keyword.
  private mutating func passUntil(_ keyword: StaticString) -> Bool {
    while token != .end {
      if pass(keyword) { return true }
      advance()
    }
    return false
  }

  private mutating func statement() -> QueryStatement {
    // MariaDB: settings for one statement.
    if pass("SET") { return pass("STATEMENT") && passUntil("FOR") ? statement() : .other }
    if pass("BEGIN") { return .begin }
    if pass("START") { return pass("TRANSACTION") ? .begin : .other }
    if pass("COMMIT") { return .commit }
    if pass("SAVEPOINT") { return .savepoint }
    if pass("ROLLBACK") { return rollback() }
    if pass("XA") { return xa() }
    if pass("CREATE") { return create() }
    if pass("ALTER") { return alter() }
    if pass("DROP") { return drop() }
    if pass("RENAME") { return rename() }
    if pass("TRUNCATE") {
      _ = pass("TABLE")
      return tables(.truncate, list: false)
    }
    for keyword: StaticString in [
      "INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "WITH", "CALL", "DO", "SELECT",
    ] {
      // The log holds these only where they change rows.
      if pass(keyword) { return .rowChange }
    }
    return .other
  }

  private mutating func rollback() -> QueryStatement {
    _ = pass("WORK")
    return pass("TO") ? .rollbackToSavepoint : .rollback
  }

  private mutating func xa() -> QueryStatement {
    if pass("START") || pass("BEGIN") { return .xaStart }
    if pass("END") { return .xaEnd }
    if pass("PREPARE") { return .xaPrepare }
    guard token == .word else { return .other }
    let commits = scanner.isWord("COMMIT")
    guard commits || scanner.isWord("ROLLBACK"), let id = XAIdentifier(&scanner) else { return .other }
    return commits ? .xaCommit(id) : .xaRollback(id)
  }

  private mutating func create() -> QueryStatement {
    if pass("OR") { _ = pass("REPLACE") }
    if pass("TEMPORARY") { return .other }
    if pass("TABLE") { return tables(.create, list: false) }
    _ = pass("ONLINE") || pass("OFFLINE")
    _ = pass("UNIQUE") || pass("FULLTEXT") || pass("SPATIAL") || pass("VECTOR")
    return pass("INDEX") && passUntil("ON") ? tables(.alter, list: false) : .other
  }

  private mutating func drop() -> QueryStatement {
    if pass("TEMPORARY") { return .other }
    if pass("TABLE") || pass("TABLES") { return tables(.drop, list: true) }
    if pass("INDEX") { return passUntil("ON") ? tables(.alter, list: false) : .other }
    if pass("DATABASE") || pass("SCHEMA") {
      passIfExists()
      guard token == .word || token == .name || token == .string else { return .other }
      return .dropDatabase(scanner.text)
    }
    return .other
  }

  private mutating func alter() -> QueryStatement {
    _ = pass("ONLINE") || pass("OFFLINE")
    _ = pass("IGNORE")
    guard pass("TABLE") else { return .other }
    passIfExists()
    guard let name = tableName() else { return .other }
    var names = [name]
    while token != .end {
      if pass("RENAME") {
        // Columns and keys keep to their table.
        if pass("COLUMN") || pass("INDEX") || pass("KEY") { continue }
        _ = pass("TO") || pass("AS") || passSymbol("=")
        if let new = tableName() { names.append(new) }
      } else if pass("EXCHANGE") {
        if passUntil("TABLE"), let other = tableName() { names.append(other) }
      } else {
        advance()
      }
    }
    return .ddl(.alter, names)
  }

  private mutating func rename() -> QueryStatement {
    guard pass("TABLE") || pass("TABLES") else { return .other }
    passIfExists()
    var names: [TableName] = []
    repeat {
      guard let old = tableName(), passUntil("TO"), let new = tableName() else { break }
      names += [old, new]
    } while passSymbol(",")
    return .ddl(.rename, names)
  }

  private mutating func tables(_ kind: QueryStatement.DDL, list: Bool) -> QueryStatement {
    passIfExists()
    var names: [TableName] = []
    repeat {
      guard let name = tableName() else { break }
      names.append(name)
    } while list && passSymbol(",")
    return .ddl(kind, names)
  }

  private mutating func passIfExists() {
    guard pass("IF") else { return }
    _ = pass("NOT")
    _ = pass("EXISTS")
  }

  private mutating func passSymbol(_ character: Unicode.Scalar) -> Bool {
    guard token == .symbol(UInt8(truncatingIfNeeded: character.value)) else { return false }
    advance()
    return true
  }

  /// `table`, `database.table`, `.table`; nil: none follows.
  private mutating func tableName() -> TableName? {
    if passSymbol(".") { return identifier().map { TableName(database: defaultDatabase, table: $0) } }
    guard let first = identifier() else { return nil }
    guard passSymbol(".") else { return TableName(database: defaultDatabase, table: first) }
    return identifier().map { TableName(database: first, table: $0) }
  }

  private mutating func identifier() -> String? {
    // Double quotes are names with sql_mode ANSI_QUOTES.
    guard token == .word || token == .name || token == .string else { return nil }
    let text = scanner.text
    advance()
    return text
  }

  private var defaultDatabase: String { String(decoding: database, as: UTF8.self) }
}
