/// A follower that fills pools: of the tables of a database, or of a directory.
public struct FeedConfiguration: Sendable, Equatable {
  /// What is followed.
  public enum Source: Sendable, Equatable {
    /// Tables, through the binlog of their server.
    case database(DatabaseFeedConfiguration)
    /// The files of a directory.
    case files(FileFeedConfiguration)
  }

  /// Most feeds; each is a thread.
  public static let limit = 16

  /// Unique; 1...64 of a-z, 0-9, `_` and `-`.
  public var name: String
  /// What is followed, and where it goes.
  public var source: Source

  /// A feed of this name.
  public init(name: String, source: Source) {
    self.name = name
    self.source = source
  }

  /// The names of all pools that it writes into.
  public var pools: Set<String> {
    switch source {
    case .database(let database): Set(database.tables.map(\.pool))
    case .files(let files): [files.pool]
    }
  }
}
