/// Whose server it is: they differ in GTIDs, in names, and in how a consistent place of the log is learned.
public enum ServerKind: Sendable {
  case mariaDB
  case mySQL

  /// From the server's `version()`.
  public init(version: String) { self = version.contains("MariaDB") ? .mariaDB : .mySQL }
}
