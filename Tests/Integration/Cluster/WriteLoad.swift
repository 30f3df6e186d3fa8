import Synchronization

/// Writers through several nodes while something happens to the cluster.
enum WriteLoad {
  /// Two writers at each of the nodes, until `happening` has ended. Expectations belong behind this call.
  static func run(
    _ cluster: TestCluster, nodes: [Int], keys: Int = 50, _ happening: () throws -> Void
  ) throws -> [CounterWriter] {
    let writers = nodes.indices.flatMap { place in
      let order = Array(nodes[place...] + nodes[..<place])
      return (0..<2).map { number in
        CounterWriter(
          "w\(nodes[place]).\(number)", ports: order.map { cluster.ports[$0] }, keys: keys,
          seed: UInt64(nodes[place] * 2 + number))
      }
    }
    try run(writers.map { writer in { writer.run(until: $0) } }, happening)
    return writers
  }

  /// Clients, each in a thread of its own, until `happening` has ended.
  static func run(
    _ clients: [@Sendable (_ isOver: () -> Bool) -> Void], _ happening: () throws -> Void
  ) throws {
    let isOver = Flag()
    try withoutActuallyEscaping(happening) { happening in
      // Called by one thread, which has ended when this returns.
      nonisolated(unsafe) let happening = happening
      let overNow: @Sendable () -> Bool = { isOver.isSet }
      try Threads.run(clients.count + 1) { thread in
        if thread < clients.count { return clients[thread](overNow) }
        defer { isOver.set() }
        try happening()
      }
    }
  }
}

private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)

  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
