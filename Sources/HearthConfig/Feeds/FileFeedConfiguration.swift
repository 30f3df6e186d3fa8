/// A feed that holds the files of a directory.
public struct FileFeedConfiguration: Sendable, Equatable {
  /// What becomes of symbolic links.
  public enum Links: String, Sendable, CaseIterable {
    /// They are followed as long as they lead to a place in the directory.
    case within
    /// They are not there.
    case never
  }

  /// What a key can be made of: the path below the directory, the last part of it without what follows its last dot,
  /// and what follows the last dot.
  public static let keyColumns = ["path", "name", "extension"]

  /// Where its files go.
  public var pool: String
  /// Absolute path of the directory.
  public var path: String
  /// Of `keyColumns`.
  public var key: KeyTemplate
  /// Bytes; a larger file is not stored, and counted.
  public var sizeLimit: Int
  /// What becomes of symbolic links.
  public var links = Links.within
  /// Beginnings of keys that belong to other pools, as in `TableConfiguration`.
  public var foreignPrefixes: [String] = []

  /// The files of a directory.
  public init(pool: String, path: String, key: KeyTemplate, sizeLimit: Int) {
    self.pool = pool
    self.path = path
    self.key = key
    self.sizeLimit = sizeLimit
  }
}
