/// One change that a row's event causes. Its bytes are in the `RowEffects` that it comes from.
public struct Mutation: Sendable, Equatable {
  /// What is to be done.
  public enum Kind: UInt8, Sendable {
    /// Store the value under the key.
    case store
    /// Delete the key.
    case delete
    /// Make a group void; the key is its name.
    case bump
    /// Ask the database for the key's value.
    case requery
  }

  /// What is to be done.
  public var kind: Kind
  /// `TableMapping.id`.
  public var table: Int
  /// Which of the table's entries, groups or requeries.
  public var target: Int
  /// Seconds; 0: no end.
  public var ttl: UInt32 = 0
  /// What clients get as the item's flags.
  public var flags: UInt32 = 0
  /// Where the key is.
  var keyStart: Int
  /// 1...250.
  var keyCount: Int
  /// Where the value is.
  var valueStart = 0
  var valueCount = 0
  /// Where the first parameter of a requery is.
  var parameterStart = 0
  var parameterCount = 0
}
