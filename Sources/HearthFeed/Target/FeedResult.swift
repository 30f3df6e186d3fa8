/// What a feed wants to know of a mutation whose outcome comes later.
public struct FeedNote: Equatable, Sendable {
  /// What it is about.
  public enum Purpose: UInt8, Sendable {
    /// Nothing but that it failed.
    case nothing
    /// A row of a table: nothing but that it failed.
    case row
    /// A row that was found to be another is a difference.
    case alarm
    /// An entry without a row; whether it was there.
    case vanished
    /// Everything.
    case all
  }

  /// What it is about.
  public let purpose: Purpose
  /// Number of the feed's table.
  public let table: Int32

  /// A note about a table.
  @inline(__always)
  public init(_ purpose: Purpose, table: Int) {
    self.purpose = purpose
    self.table = Int32(truncatingIfNeeded: table)
  }

  /// Nothing but that it failed, and of no table.
  public static let nothing = FeedNote(.nothing, table: -1)
  /// Everything.
  public static let all = FeedNote(.all, table: -1)
}

/// What became of a mutation that was sent.
public struct FeedResult: Sendable {
  /// As it was given.
  public let note: FeedNote
  /// The key.
  public let key: [UInt8]
  /// What was there; nil: nobody looked.
  public let found: FeedComparison?
  /// How storing ended; nil: there was nothing to store.
  public let outcome: FeedStoreOutcome?
  /// The key was there and was removed.
  public let wasRemoved: Bool

  /// A result.
  public init(
    note: FeedNote, key: [UInt8], found: FeedComparison?, outcome: FeedStoreOutcome?, wasRemoved: Bool
  ) {
    self.note = note
    self.key = key
    self.found = found
    self.outcome = outcome
    self.wasRemoved = wasRemoved
  }
}
