/// XA transactions that are prepared: which tables they change. Bounded: what is not known is answered with a reading of all.
struct PreparedTransactions {
  private static let limit = 1000
  private var tables: [XAIdentifier: Set<Int>] = [:]

  mutating func add(_ identifier: XAIdentifier, tables: Set<Int>) {
    if self.tables.count < Self.limit { self.tables[identifier] = tables }
  }

  @discardableResult
  mutating func remove(_ identifier: XAIdentifier) -> Set<Int>? { tables.removeValue(forKey: identifier) }
}
