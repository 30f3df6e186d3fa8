/// One line of the comparison: a load and the ratio that must be reached.
struct CompareCase: Sendable {
  let name: String
  let title: String
  /// memcached's CPU time per operation divided by hearthd's.
  let target: Double
  /// Changes a plan with 50 connections and depth 1 into the case's.
  let adjust: @Sendable (inout LoadPlan) -> Void
  var isDatagram = false

  static let all: [CompareCase] = [
    CompareCase(name: "get-1", title: "get, depth 1", target: 1.4) { _ in },
    CompareCase(name: "set-1", title: "set, depth 1", target: 1.4) { $0.operation = .set },
    CompareCase(name: "get-50", title: "get, depth 50", target: 5) { $0.depth = 50 },
    CompareCase(name: "mget-50", title: "50-key multiget, per key", target: 4) { $0.multiget = 50 },
    CompareCase(name: "set-20", title: "set, depth 20", target: 3.5) {
      $0.operation = .set
      $0.depth = 20
    },
    CompareCase(name: "mg-20", title: "mg v, depth 20", target: 3.5) {
      $0.operation = .mg
      $0.depth = 20
    },
    CompareCase(
      name: "udp-8", title: "UDP get, 8 in flight", target: 1.8,
      adjust: {
        $0.connections = 1
        $0.datagramsInFlight = 8
      }, isDatagram: true),
  ]

  static func named(_ names: [String]) throws(SystemError) -> [CompareCase] {
    var result: [CompareCase] = []
    for name in names {
      guard let found = all.first(where: { $0.name == name }) else {
        throw SystemError("no case \(name); there are \(all.map(\.name).joined(separator: ", "))")
      }
      result.append(found)
    }
    return result
  }
}
