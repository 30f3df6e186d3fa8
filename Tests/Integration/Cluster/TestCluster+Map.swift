import Glibc

/// Changes of the map of a running cluster.
extension TestCluster {
  /// Gives all nodes a file with other copies or weights, and makes them read it.
  func wish(_ copies: String, rule: String = "", weights: [Int] = []) throws {
    try write(pools: Self.pool(copies, rule), weights: weights)
    for index in running { nodes[index].process.signal(SIGHUP) }
    try eventually("all nodes have read their files") {
      try running.allSatisfy { try !http("GET", "/v1/cluster", "", at: $0).contains("\"file_current\":true") }
    }
  }

  /// Begins the change that the files ask for, as soon as the last one has ended.
  func rebalance(at index: Int) throws {
    var answer = ""
    try eventually("the change begins") {
      answer = try http("POST", "/v1/cluster/rebalance", "{}", at: index)
      return answer.hasPrefix("HTTP/1.1 200 ")
    }
  }

  /// Waits until the map of the files is the cluster's, and all that was to be removed is.
  func awaitMap(_ ready: [Int], seconds: Double = 20) throws {
    var last = ""
    do {
      try eventually("the map has changed", seconds: seconds) {
        try running.allSatisfy { index in
          last = try http("GET", "/v1/cluster", "", at: index)
          return last.contains(#""map_change":"none""#) && last.contains(#""file_current":true"#)
        }
      }
    } catch { throw TestFailure("the map does not change: \(last)\n\(logs)") }
    try awaitReady(ready)
  }

  /// The whole of it.
  func change(_ copies: String, rule: String = "", weights: [Int] = [], ready: [Int], at index: Int) throws {
    try wish(copies, rule: rule, weights: weights)
    try rebalance(at: index)
    try awaitMap(ready)
  }
}
