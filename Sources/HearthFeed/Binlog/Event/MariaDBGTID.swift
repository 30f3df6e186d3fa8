/// `domain-server-sequence`.
public struct MariaDBGTID: Sendable, Hashable, CustomStringConvertible {
  /// `gtid_domain_id`: sequences of different domains are independent.
  public var domain: UInt32
  /// `server_id` of the server that wrote the transaction first.
  public var server: UInt32
  /// Rises within the domain.
  public var sequence: UInt64

  /// As MariaDB writes it.
  public var description: String { "\(domain)-\(server)-\(sequence)" }
}
