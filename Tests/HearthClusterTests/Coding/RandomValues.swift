@testable import HearthCluster

/// Values as they can come up, with every field other than its neighbours.
extension SeededGenerator {
  mutating func quantity() -> UInt64 { next() >> (2 + next() % 60) }

  mutating func map() -> ClusterMap {
    let count = within(1...64)
    let nodes = (0..<count).map {
      MapNode(
        name: "node-\($0)", zone: chance(50) ? "" : "zöne \($0 % 3)", host: "host \($0)",
        port: UInt16(below(65536)), peerHost: "péer \($0)", peerPort: UInt16(below(65536)),
        weight: UInt32(within(1...1000)))
    }
    var pools: [MapPool] = []
    for pool in 0..<below(4) {
      var copies = Array(repeating: NodeSet(), count: within(1...3))
      for node in 0..<count where chance(80) { copies[below(copies.count)].insert(node) }
      pools.append(MapPool(name: "pool \(pool)", copies: copies.filter { !$0.isEmpty }))
    }
    var pairs: [StandbyPair] = []
    if count > 1 {
      for _ in 0..<below(3) {
        let first = below(count)
        pairs.append(StandbyPair(first, (first + within(1...count - 1)) % count))
      }
    }
    return ClusterMap(nodes: nodes, pools: pools, pairs: pairs)
  }

  mutating func view() -> View {
    var view = View(map: map())
    for _ in 0..<below(5) {
      var change = ViewChange()
      for node in view.map.nodes.indices where chance(40) {
        if chance(60) { change.joining.append((node, next() | 1)) } else { change.leaving.insert(node) }
      }
      for (place, pair) in view.map.pairs.enumerated() where chance(30) {
        change.actives.append((place, pair.second))
      }
      change.map = step(view)
      view = view.successor(number: view.number + UInt64(within(1...2000)), change)
    }
    return view
  }

  /// What may become of the map next.
  private mutating func step(_ view: View) -> ViewChange.MapStep? {
    if view.isJoint { return chance(30) ? .conclude : chance(20) ? .cancel : nil }
    if view.change != nil { return chance(50) ? .settle : nil }
    guard chance(40) else { return nil }
    var next = view.map
    for place in next.nodes.indices where chance(20) { next.nodes[place].weight = UInt32(within(1...1000)) }
    if next.nodes.count < 64, next.pools.first?.copies.isEmpty == false {
      next.nodes.append(MapNode(name: "new", host: "new", port: 1, weight: 3))
      next.pools[0].copies[0].insert(next.nodes.count - 1)
    }
    return .begin(next)
  }

  mutating func position() -> StreamPosition {
    StreamPosition(incarnation: next(), epoch: quantity(), sequence: quantity())
  }

  mutating func nodes(of count: Int) -> NodeSet { NodeSet(bits: next() >> UInt64(64 - count)) }

  mutating func durableState() -> DurableState {
    let view = view()
    let count = view.map.nodes.count
    return DurableState(
      view: view, incarnation: next(), cleanSince: quantity(), holdsData: chance(50), isPartial: chance(50),
      begunEpoch: quantity(), sources: (0..<count).map { _ in position() }, owed: nodes(of: count),
      lost: nodes(of: count), promised: nodes(of: count), refreshing: nodes(of: count), isDirty: chance(50))
  }

  private mutating func pulse() -> Pulse {
    Pulse(
      view: quantity(), incarnation: next(), sentAt: quantity(),
      wall: Int64(quantity()) * (chance(50) ? 1 : -1), echo: chance(50) ? quantity() : nil, held: quantity(),
      leaseForPrimary: quantity(), leaseForReplica: quantity(), isFeeding: chance(50),
      isFollowing: chance(50),
      hasBegun: chance(50), isSettled: chance(50), isClean: chance(50), wanted: next())
  }

  private mutating func request() -> FollowRequest {
    FollowRequest(
      view: quantity(), incarnation: next(), stream: next(), position: chance(50) ? position() : nil,
      isRefresh: chance(50),
      lost: (0..<below(5)).map { _ in LostSource(node: below(64), position: position(), last: quantity()) })
  }

  private mutating func followAnswer() -> FollowAnswer {
    switch below(4) {
    case 0: .stream(next(), after: quantity(), epoch: quantity(), incarnation: next())
    case 1: .snapshot(next(), after: quantity(), epoch: quantity(), incarnation: next())
    case 2: .notYet
    default: .tooOld
    }
  }

  /// A message of the kind, 0 to 10.
  mutating func message(kind: Int) -> ControlMessage {
    switch kind {
    case 0: .view(view())
    case 1: .pulse(pulse())
    case 2: .follow(request())
    case 3: .followed(view: quantity(), followAnswer())
    case 4: .drain(view: quantity())
    case 5:
      .drained(
        view: quantity(),
        DrainAnswer(
          sequence: quantity(), epoch: quantity(), start: quantity(), incarnation: next(), linger: quantity())
      )
    case 6: .promise(view: quantity(), sequence: quantity())
    case 7: .proposal(view(), expecting: quantity())
    case 8: .gain(view: quantity(), stream: next())
    case 9: .giving(view: quantity(), stream: next())
    default: .farewell(view: quantity())
    }
  }
}
