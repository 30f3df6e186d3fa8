import HearthCluster

/// What was changed for a feed here, for which the copies are waited for, in pools that acknowledge clients' writes at once, too: a feed
/// does not come back to what was lost.
struct FedChanges {
  /// The last change, 0: there is none.
  private(set) var sequence: UInt64 = 0
  /// Owners of the keys, and the fewest of them that have to be ready.
  private(set) var owners = NodeSet()
  var minimumReady = 1

  /// A key of these owners was changed, or would have been.
  mutating func note(_ sequence: UInt64, _ owners: NodeSet, _ pool: UnsafeMutablePointer<ServerPool>) {
    self.sequence = max(self.sequence, sequence)
    self.owners = self.owners.union(owners)
    minimumReady = max(minimumReady, pool.pointee.replication?.pointee.minimumReady ?? 1)
  }
}
