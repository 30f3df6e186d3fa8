// What the outside goes by.
extension ClusterControl {
  var isActive: Bool {
    isReady && view.map.pairs.indices.contains { view.actives[$0] == node }
  }

  private var state: NodeState {
    if isReady { return epoch != 0 || isActive ? .active : .warm }
    return peers.contains { $0.acceptedStream != 0 } ? .syncing : .empty
  }

  var decision: Decision {
    var required = followers.intersection(view.ready)
    if !omitted.contains(.promise) { required = required.union(promised) }
    var readUntil = [UInt64](repeating: 0, count: peers.count)
    if isReady {
      for peer in primaries where isSettled(peer) { readUntil[peer] = peers[peer].leaseAsReplica }
      readUntil[node] = readUntilAsPrimary
    }
    return Decision(
      view: view, state: state, acceptsWrites: isReady && epoch != 0 && hasBegun,
      epoch: begunEpoch & 0xff_ffff,
      // Those that stay ready owe acknowledgements of what was written before, whoever is primary now.
      required: required.union(isReady ? relatives.intersection(view.ready) : []),
      acknowledgeFrom: omitted.contains(.leaseWait) ? 0 : max(acknowledgeFrom, lingering),
      acknowledgeUntil: settings.replication == .async ? readUntil[node] : .max, readUntil: readUntil,
      isUnprotected: isReady && epoch != 0 && !isCovered)
  }

  /// Role of the node in its pairs: -254 not ready, 0 ready standby, 50 active, 100 active since it took over and
  /// until its standby is ready.
  mutating func setRole() {
    let pairs = view.map.pairs.indices.filter {
      view.map.pairs[$0].first == node || view.map.pairs[$0].second == node
    }
    guard let pair = pairs.first else { return }
    if !isActive || view.ready.contains(view.map.pairs[pair].partner(of: node)) { tookOver = false }
    let next = !isReady ? -254 : !isActive ? 0 : tookOver ? 100 : 50
    if next == role { return }
    role = next
    actions.append(.setRole(next))
  }
}
