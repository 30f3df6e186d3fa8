@testable import HearthCluster

// Connections: in order, with delays; broken so that both ends see it, or silently.
extension Simulation {
  func connect(_ a: Int, _ b: Int) {
    guard nodes[a].isRunning, nodes[b].isRunning, linkOf[a][b] == nil else { return }
    if cutUntil[a][b] > time || nodes[a].isPaused || nodes[b].isPaused {
      queue.add(.connect(a, b), at: time + 50)
      return
    }
    links.append(SimLink(first: a, second: b, lastArrival: (time, time)))
    linkOf[a][b] = links.count - 1
    linkOf[b][a] = links.count - 1
    note("n\(a) and n\(b) are connected")
    tell(a, .linkOpened(peer: b))
    tell(b, .linkOpened(peer: a))
  }

  func send(_ message: SimMessage, from node: Int, to peer: Int) {
    guard let link = linkOf[node][peer], links[link].isOpen(at: node) else { return }
    if cutUntil[node][peer] > time || !links[link].held.isEmpty {
      links[link].held.append((peer, message))
      return
    }
    dispatch(link, to: peer, message)
  }

  private func dispatch(_ link: Int, to peer: Int, _ message: SimMessage) {
    let delay = random.chance(2) ? random.within(5...60) : random.within(1...4)
    queue.add(
      .deliver(link: link, to: peer, message), at: links[link].arrival(at: peer, time + delay))
  }

  /// One end is closed, by the process or by its end; the other learns it when that arrives.
  func closeEnd(_ node: Int, _ peer: Int) {
    guard let link = linkOf[node][peer], links[link].isOpen(at: node) else { return }
    send(.end, from: node, to: peer)
    links[link].close(at: node)
    forgetIfClosed(link)
  }

  /// A link with no open end makes room for a new one. A process that is gone has none.
  func forgetIfClosed(_ link: Int) {
    let (a, b) = (links[link].first, links[link].second)
    guard linkOf[a][b] == link, !links[link].isOpen.first, !links[link].isOpen.second else { return }
    linkOf[a][b] = nil
    linkOf[b][a] = nil
    links[link].held = []
    queue.add(.connect(a, b), at: time + random.within(5...50))
  }

  func deliver(_ message: SimMessage, to node: SimNode, over link: Int) {
    let peer = links[link].first == node.number ? links[link].second : links[link].first
    switch message {
    case .control(let message): tell(node.number, .received(message, from: peer))
    case .end: endOfPeer(node.number, link)
    default: deliver(message, to: node, from: peer)
    }
  }

  /// The peer's kernel has said that the connection is over.
  private func endOfPeer(_ node: Int, _ link: Int) {
    let peer = links[link].first == node ? links[link].second : links[link].first
    links[link].close(at: node)
    // Its own end is known to be open no more.
    links[link].close(at: peer)
    forgetIfClosed(link)
    note("n\(node) sees the end of n\(peer)")
    tell(node, .linkClosed(peer: peer, byPeer: true))
  }

  /// A reset in between: both ends are closed by the other's kernel, as far as they can see.
  func reset(_ a: Int, _ b: Int) {
    guard let link = linkOf[a][b], cutUntil[a][b] <= time else { return }
    note("the connection of n\(a) and n\(b) is reset")
    for node in [a, b] where links[link].isOpen(at: node) {
      links[link].close(at: node)
      if nodes[node].isRunning { tellLater(node, .linkClosed(peer: node == a ? b : a, byPeer: false)) }
    }
    forgetIfClosed(link)
  }

  /// Events that a stopped process finds when it goes on.
  private func tellLater(_ node: Int, _ event: ControlEvent) {
    if nodes[node].isPaused {
      nodes[node].waiting.append(.told(node: node, event))
    } else {
      tell(node, event)
    }
  }

  func cut(_ a: Int, _ b: Int, until end: Int) {
    cutUntil[a][b] = max(cutUntil[a][b], end)
    cutUntil[b][a] = cutUntil[a][b]
    queue.add(.heal(a, b), at: end)
  }

  /// What was held up arrives, as the kernels send it again.
  func healWay(_ a: Int, _ b: Int) {
    guard cutUntil[a][b] <= time, let link = linkOf[a][b] else { return }
    let held = links[link].held
    links[link].held = []
    for (peer, message) in held { dispatch(link, to: peer, message) }
    // The kernel of a machine that was off knows nothing of the connection and says so.
    for node in [a, b] where !links[link].isOpen(at: node) {
      queue.add(
        .deliver(link: link, to: node == a ? b : a, .end),
        at: links[link].arrival(at: node == a ? b : a, time + 5))
    }
  }
}
