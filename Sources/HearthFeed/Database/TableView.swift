/// What a consistent view of the tables has of the log.
enum TableView: Sendable, Equatable {
  /// Everything before this place in the log of the server that is followed, and nothing behind it.
  case place(BinlogPosition)
  /// These transactions: it is another server's view.
  case transactions(MariaDBGTIDState)

  /// The log is applied as far as the view goes.
  func isReached(by applied: AppliedLog) -> Bool {
    switch self {
    case .place(let place): !applied.position.file.isEmpty && applied.position >= place
    case .transactions(let transactions): applied.gtids.contains(transactions)
    }
  }

  /// The view has everything that was applied.
  func hasAll(of applied: AppliedLog) -> Bool {
    switch self {
    case .place(let place): applied.position.file.isEmpty || place >= applied.position
    case .transactions(let transactions): transactions.contains(applied.gtids)
    }
  }
}
