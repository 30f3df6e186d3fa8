/// A statement that the log holds as text. It may contain passwords: never log it.
public struct QueryEvent {
  /// The default database, in UTF-8.
  public let database: UnsafeRawBufferPointer
  /// The text, in the client's character set.
  public let text: UnsafeRawBufferPointer
  /// Error number with which it ended on the server; 0 mostly.
  public let errorCode: UInt16
  /// What it does.
  public let statement: QueryStatement
  /// How it ends a transaction; nil: it does not.
  public let ending: TransactionEnding?
}

/// How a transaction ends.
public enum TransactionEnding: Sendable, Equatable {
  /// Its rows are there now.
  case commit
  /// Its rows do not count, except for tables of engines without transactions.
  case rollback
  /// The rows of the prepared transaction are there now.
  case xaCommit(XAIdentifier)
  /// The prepared transaction's rows do not count.
  case xaRollback(XAIdentifier)
}

extension BinlogEvent {
  /// How it ends a transaction; nil: it does not. Apply what was held, and remember positions, at these ends only.
  public var ending: TransactionEnding? {
    switch self {
    case .xid: .commit
    case .xaPrepare(_, let onePhase): onePhase ? .commit : nil
    case .query(let query): query.ending
    default: nil
    }
  }
}
