/// The figures and rules of a cluster, the same on all nodes. Times are milliseconds.
public struct ControlSettings: Sendable {
  /// When a write is acknowledged.
  public enum Replication: Sendable {
    /// When every ready owner has it.
    case all
    /// At once, while the data path keeps the lag below a bound.
    case async
  }

  /// Who decides on views.
  public enum Authority: Sendable {
    /// A store with compare-and-set. Lost primaries are replaced without being asked.
    case store
    /// The durable file of one node, `ClusterControl.keeper(of:)`. Nothing is promoted but by the operator.
    case `operator`
  }

  /// When a write is acknowledged.
  public var replication = Replication.all
  /// Who decides on views.
  public var authority = Authority.store
  /// How long a read lease lasts, counted from its holder's request on the holder's clock.
  public var lease: UInt64 = 250
  /// How long who granted a lease waits for its end, counted from the grant on the granter's clock. Longer than the lease,
  /// because clocks do not run alike.
  public var leaseWait: UInt64 = 280
  /// A primary that was silent for so long is lost.
  public var failureAfter: UInt64 = 300
  /// A replica that owes an acknowledgement, or has no link, for so long is dropped.
  public var degradeAfter: UInt64 = 1000
  /// Time between two pulses. At most a third of the lease.
  public var pulse: UInt64 = 50
  /// A proposal or a request that led nowhere is tried again after so long.
  public var retry: UInt64 = 100
  /// Difference of two nodes' clocks, milliseconds, beyond which none becomes ready. A node that loads goes by the clock of those that are
  /// ready from a fifth of that on.
  public var clockTolerance: Int64 = 500

  /// The usual figures.
  public init() {}
}
