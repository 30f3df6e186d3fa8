/// The last transaction of each domain: everything up to them, in MariaDB's sense.
public struct MariaDBGTIDState: Sendable, Equatable, CustomStringConvertible {
  private var last: [UInt32: MariaDBGTID] = [:]

  /// Nothing.
  public init() {}

  /// As the server writes it, `0-1-27,1-2-5`; nil: this is none.
  public init?(_ text: some StringProtocol) {
    for item in text.split(separator: ",") {
      let parts = item.drop { $0.isWhitespace }.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 3, let domain = UInt32(parts[0]), let server = UInt32(parts[1]),
        let sequence = UInt64(parts[2])
      else { return nil }
      note(MariaDBGTID(domain: domain, server: server, sequence: sequence))
    }
  }

  /// No transaction is known.
  public var isEmpty: Bool { last.isEmpty }

  /// The domain's last transaction is this now.
  public mutating func note(_ id: MariaDBGTID) { last[id.domain] = id }

  /// Whatever is newer there is known here too.
  public mutating func merge(_ other: MariaDBGTIDState) {
    for id in other.last.values where id.sequence > last[id.domain]?.sequence ?? 0 { last[id.domain] = id }
  }

  /// Everything of the other is here.
  public func contains(_ other: MariaDBGTIDState) -> Bool {
    other.last.values.allSatisfy { $0.sequence <= last[$0.domain]?.sequence ?? 0 }
  }

  /// Transactions that the other has and this has not, as far as their numbers tell.
  public func missing(of other: MariaDBGTIDState) -> UInt64 {
    other.last.values.reduce(0) { sum, id in
      let have = last[id.domain]?.sequence ?? 0
      return sum &+ (id.sequence > have ? id.sequence - have : 0)
    }
  }

  /// As MariaDB writes it.
  public var description: String { last.values.map(\.description).sorted().joined(separator: ",") }
}
