@testable import HearthCluster

// Clients ask random nodes for random keys; a node that is not the one to answer passes it on.
extension Simulation {
  func askSomething() {
    if time < clientsEnd { queue.add(.client, at: time + random.within(1...30)) }
    let node = nodes[random.below(nodes.count)]
    let kind: SimOperation.Kind = random.chance(50) ? .read : random.chance(20) ? .delete : .write
    let key = random.below(Self.keys)
    guard node.isRunning else { return }
    let operation = history.begin(SimOperation(kind: kind, key: key, node: node.number, began: time))
    // A stopped process reads the request when it goes on.
    if node.isPaused {
      node.waiting.append(.asked(operation))
    } else {
      ask(operation)
    }
  }

  func ask(_ operation: Int) {
    let asked = history.operations[operation]
    let node = nodes[asked.node]
    guard let decision = node.decision, decision.view.number > 0,
      let primary = decision.view.primary(pool: pool(of: asked.key), owners: owners(asked.key, decision.view))
    else { return }
    if asked.kind == .read && canRead(asked.key, primary, node) {
      history.end(operation, node.items[asked.key], at: time)
    } else if primary != node.number {
      send(.forward(operation: operation, view: decision.view.number), from: node.number, to: primary)
    } else if asked.kind != .read {
      _ = execute(operation, at: node, view: decision.view.number)
    }
  }

  private func canRead(_ key: Int, _ primary: Int, _ node: SimNode) -> Bool {
    guard let decision = node.decision, ownerSet(key, decision.view).contains(node.number) else {
      return false
    }
    if decision.view.isSole(pool: pool(of: key)) { return decision.acceptsWrites }
    return decision.state != .empty && decision.state != .syncing
      && node.clock(time) < decision.readUntil[primary]
  }

  func answerForward(_ operation: Int, view: UInt64, _ node: SimNode, from peer: Int) {
    guard let decision = node.decision, view == decision.view.number || scenario.omitted.contains(.refusal)
    else { return }
    let asked = history.operations[operation]
    if asked.kind != .read {
      _ = execute(operation, at: node, view: view)
    } else if decision.view.primary(pool: pool(of: asked.key), owners: owners(asked.key, decision.view))
      == node.number,
      canRead(asked.key, node.number, node)
    {
      answer(operation, node.items[asked.key], node)
    }
  }

  /// To the client, by the node that it asked.
  func answer(_ operation: Int, _ item: SimItem?, _ node: SimNode) {
    let asked = history.operations[operation]
    if asked.node == node.number {
      history.end(operation, item, at: time)
    } else {
      send(.answer(operation: operation, item), from: node.number, to: asked.node)
    }
  }
}
