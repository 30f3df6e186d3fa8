@testable import HearthCluster

// The data path: it goes by the published decision at the moment of use.
extension Simulation {
  /// A write at the node that should be its key's primary. False: refused.
  func execute(_ operation: Int, at node: SimNode, view: UInt64) -> Bool {
    guard let decision = node.decision else { return false }
    let asked = history.operations[operation]
    let isRefused = view != decision.view.number && !scenario.omitted.contains(.refusal)
    guard !isRefused, decision.acceptsWrites, hasEnoughCopies(decision, asked.key),
      decision.view.primary(pool: pool(of: asked.key), owners: owners(asked.key, decision.view))
        == node.number
    else { return false }
    node.data.appended += 1
    let record = SimRecord(
      sequence: node.data.appended, epoch: decision.epoch, key: asked.key, operation: operation,
      isDelete: asked.kind == .delete, owners: jointOwners(asked.key, decision.view),
      at: node.clock(time))
    history.order(operation, record.epoch << 40 | record.sequence, by: node.number)
    apply(record, node)
    node.log.append(record)
    if node.log.count > Self.logLimit { node.data.logFloor = node.log.removeFirst().sequence }
    for peer in nodes.indices where node.sending[peer] != 0 { sendRecord(record, node, peer) }
    if scenario.settings.replication == .async {
      if node.clock(time) < decision.acknowledgeUntil { answerWrite(record, node) }
    } else {
      node.pending.append(record)
      acknowledgeWrites(node)
    }
    return true
  }

  private func hasEnoughCopies(_ decision: Decision, _ key: Int) -> Bool {
    ownerSet(key, decision.view).intersection(decision.view.ready).count >= scenario.minReady
  }

  /// Answers the writes that all who are required have.
  func acknowledgeWrites(_ node: SimNode) {
    guard let decision = node.decision, !node.pending.isEmpty,
      decision.state == .active || decision.state == .warm,
      node.clock(time) >= decision.acknowledgeFrom, node.clock(time) < decision.acknowledgeUntil
    else { return }
    node.pending.removeAll { record in
      for peer in record.owners.intersection(decision.required) where peer != node.number {
        if node.data.peers[peer].acknowledged < record.sequence { return false }
      }
      guard hasEnoughCopies(decision, record.key) else { return false }
      answerWrite(record, node)
      return true
    }
  }

  private func answerWrite(_ record: SimRecord, _ node: SimNode) {
    history.acknowledge(record.operation, by: node.number, at: time)
    answer(record.operation, nil, node)
  }

  private func apply(_ record: SimRecord, _ node: SimNode) {
    node.items[record.key] = record.isDelete ? nil : SimItem(operation: record.operation)
  }

  private func sendRecord(_ record: SimRecord, _ node: SimNode, _ peer: Int) {
    guard let view = node.decision?.view else { return }
    let isOwner = jointOwners(record.key, view).contains(peer)
    send(.record(stream: node.sending[peer], record, isOwner: isOwner), from: node.number, to: peer)
  }

  func feed(_ node: SimNode, _ peer: Int, _ stream: UInt64, after: UInt64) {
    node.sending[peer] = stream
    node.data.peers[peer].acknowledged = after
    node.data.peers[peer].snapshotEnd = nil
    for record in node.log where record.sequence > after { sendRecord(record, node, peer) }
  }

  /// Sends some items of a snapshot; the rest later, so that writes come in between.
  func walk(_ node: SimNode, to peer: Int, _ stream: UInt64, from first: Int, gainOf change: UInt64) {
    guard node.sending[peer] == stream, node.walks[peer] == change, let view = node.decision?.view else {
      return
    }
    // What was to be gained is not any more, or something else is.
    if change != 0 && (!view.isJoint || view.change?.since != change) { return }
    let end = min(first + 3, Self.keys)
    for key in first..<end where jointOwners(key, view).contains(peer) {
      guard view.primary(pool: pool(of: key), owners: owners(key, view)) == node.number else { continue }
      if change != 0 && ownerSet(key, view).contains(peer) { continue }
      if let item = node.items[key] {
        send(.item(stream: stream, key: key, item), from: node.number, to: peer)
      }
    }
    if end < Self.keys {
      queue.add(
        .walk(node: node.number, peer: peer, stream: stream, key: end, gainOf: change),
        at: time + random.within(1...8))
      return
    }
    node.data.peers[peer].snapshotEnd = node.data.appended
    send(.snapshotEnd(stream: stream, sequence: node.data.appended), from: node.number, to: peer)
  }

  /// Removes some of what the node does not own; the rest later.
  func purge(_ node: SimNode, _ number: UInt64, from first: Int) {
    guard node.purging == number, let view = node.decision?.view else { return }
    let end = min(first + 3, Self.keys)
    for key in first..<end where !ownerSet(key, view).contains(node.number) { node.items[key] = nil }
    if end < Self.keys {
      return queue.add(
        .purge(node: node.number, process: node.process, number, key: end), at: time + random.within(1...8))
    }
    node.data.purged = number
    tell(node.number, .tick)
  }

  /// What came over a link for the data path.
  func deliver(_ message: SimMessage, to node: SimNode, from peer: Int) {
    switch message {
    case .record(let stream, let record, let isOwner):
      guard node.accepting[peer] == stream, record.sequence > node.applied[peer] else { return }
      if isOwner {
        apply(record, node)
        node.refreshed[peer]?.insert(record.key)
      }
      received(record.sequence, of: stream, from: peer, node)
    case .item(let stream, let key, let item):
      guard node.accepting[peer] == stream else { return }
      node.items[key] = item
      node.refreshed[peer]?.insert(key)
    case .snapshotEnd(let stream, let sequence):
      guard node.accepting[peer] == stream else { return }
      node.data.peers[peer].isSnapshotComplete = true
      if let seen = node.refreshed[peer] {
        node.refreshed[peer] = nil
        for key in 0..<Self.keys where !seen.contains(key) {
          if let view = node.decision?.view, jointOwners(key, view).contains(node.number),
            view.primary(pool: pool(of: key), owners: owners(key, view)) == peer
          {
            node.items[key] = nil
          }
        }
      }
      received(sequence, of: stream, from: peer, node)
      tell(node.number, .tick)
    case .acknowledgement(let stream, let sequence):
      guard node.sending[peer] == stream else { return }
      node.data.peers[peer].acknowledged = max(node.data.peers[peer].acknowledged, sequence)
      acknowledgeWrites(node)
      if node.decision?.view.ready.contains(peer) == false { tell(node.number, .tick) }
    case .forward(let operation, let view): answerForward(operation, view: view, node, from: peer)
    case .answer(let operation, let item): history.end(operation, item, at: time)
    case .control, .end: break
    }
  }

  private func received(_ sequence: UInt64, of stream: UInt64, from peer: Int, _ node: SimNode) {
    if node.refreshed[peer] != nil { return }
    node.applied[peer] = max(node.applied[peer], sequence)
    node.data.peers[peer].applied = node.applied[peer]
    send(.acknowledgement(stream: stream, sequence: sequence), from: node.number, to: peer)
    if let decision = node.decision, decision.state != .warm, !decision.acceptsWrites {
      tell(node.number, .tick)
    }
  }
}
