/// Why a feed cannot go on as it is, one line.
struct FeedError: Error, CustomStringConvertible {
  enum Remedy {
    /// Another connection helps.
    case reconnect
    /// The log that is needed is gone: only a load helps.
    case reload
    /// Somebody has to change something.
    case wait
  }

  let remedy: Remedy
  let description: String

  init(_ remedy: Remedy, _ text: String) {
    self.remedy = remedy
    description = text
  }

  init(_ error: DatabaseError) {
    self.init(error.isLossOfLog ? .reload : .reconnect, error.description)
  }

  init(_ error: BinlogError) {
    self.init(.reconnect, error.description)
  }
}
