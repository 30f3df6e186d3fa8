import HearthConfig

/// The server that rows are asked from.
struct QueryServer: Sendable, Equatable {
  let address: DatabaseServer
  let kind: ServerKind
  /// It is the one whose log is followed; else one of the same replication.
  let isFollowed: Bool
}
