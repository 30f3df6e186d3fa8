import CHearth
import CLibevent
import Glibc
import HearthCluster
import Testing

@testable import HearthServer

/// A loop with what a store told on it.
final class ViewWitness {
  /// Views that take what they need: two nodes, each a copy.
  static let map = ClusterMap(
    nodes: [MapNode(name: "a"), MapNode(name: "b")], pools: [MapPool(name: "p", copies: [[0], [1]])])

  /// The view of this number that comes after a chain of others, made by one of the nodes.
  static func view(_ number: UInt64, by incarnation: UInt64 = 7) -> View {
    var change = ViewChange()
    change.joining = [(0, incarnation)]
    return View(map: map).successor(number: number, change)
  }

  /// Stays, because the stores have to go before it, and Swift lets go of locals in any order.
  let base: OpaquePointer
  private(set) var seen: [UInt64] = []
  private(set) var outcomes: [String] = []
  private(set) var lines: [String] = []
  /// Who tells it: nobody else may hold it any more.
  var store: (any ViewStore)?
  /// Called within `seen`.
  var onSeen: (View) -> Void = { _ in }

  init() {
    // libevent's buffers write to sockets that may be closed.
    signal(SIGPIPE, SIG_IGN)
    base = event_base_new()
  }

  var handlers: ViewStoreHandlers {
    ViewStoreHandlers(
      seen: { [unowned self] view in
        seen.append(view.number)
        onSeen(view)
      },
      proposed: { [unowned self] in outcomes.append(Self.describe($0)) },
      log: { [unowned self] in lines.append($0) })
  }

  private static func describe(_ outcome: ProposalOutcome) -> String {
    switch outcome {
    case .accepted(let view): "accepted \(view.number)"
    case .refused(let view): "refused \(view.number) by \(view.standings[0].incarnation)"
    case .unknown: "unknown"
    }
  }

  /// Runs the loop until the condition holds; fails after the time given.
  func run(
    _ what: String, seconds: Double = 20, location: SourceLocation = #_sourceLocation,
    until condition: () -> Bool
  ) throws {
    let deadline = hearth_monotonic_ns() + UInt64(seconds * 1e9)
    while !condition() {
      try #require(hearth_monotonic_ns() < deadline, "in vain until \(what)", sourceLocation: location)
      turn()
    }
  }

  /// Runs the loop for a while.
  func run(seconds: Double) {
    let deadline = hearth_monotonic_ns() + UInt64(seconds * 1e9)
    while hearth_monotonic_ns() < deadline { turn() }
  }

  private func turn() {
    event_base_loop(base, Int32(EVLOOP_NONBLOCK))
    usleep(1000)
  }
}
