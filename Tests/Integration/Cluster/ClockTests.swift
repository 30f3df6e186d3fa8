import Glibc
import HearthRig
import Testing

/// Machines whose clocks are wrong, or are set.
@Suite(
  "clocks that are off", .serialized,
  .enabled(if: SteppableClock.isAvailable, "the package faketime is not installed"))
struct ClockTests {
  private let clocks: [SteppableClock]
  private let cluster: TestCluster

  /// Two copies, and a clock for each.
  init() throws {
    cluster = try TestCluster(copies: "[[a], [b]]", starts: false)
    var clocks: [SteppableClock] = []
    for index in 0..<2 {
      let clock = try SteppableClock(file: cluster.folder.file("clock\(index)"))
      cluster.wrappers[index] = clock.wrapper
      clocks.append(clock)
    }
    self.clocks = clocks
  }

  /// Seconds that the key has to live at the node; nil: it is not there.
  private func life(_ key: String, at index: Int) throws -> Int? {
    let answer = try cluster.nodes[index].connect().ask("mg \(key) t")
    guard answer.hasPrefix("HD t") else { return nil }
    return Int(answer.dropFirst(4).prefix { $0.isNumber })
  }

  private func expectLives(_ keys: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    for key in keys {
      for index in cluster.running {
        let life = try life(key, at: index)
        #expect(
          life.map { 270...301 ~= $0 } == true, "\(key) at \(cluster.names[index]): \(life as Any)",
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: [-600, 600])
  func `items live as long at a node that starts with a wrong clock`(seconds: Int) throws {
    try cluster.startNext()
    try clocks[1].set(ahead: seconds)
    try cluster.startNext()
    // Too late for the daemon, which has read it.
    try clocks[1].set(ahead: 0)
    try cluster.order("bootstrap", at: 0)
    try cluster.awaitReady()
    let a = try cluster.nodes[0].connect()
    try a.say("set stream 0 300 1\nx", "STORED")
    try expectLives("stream")
    try cluster.kill(1)
    try cluster.awaitReady([0])
    try a.say("set walk 0 300 1\nx", "STORED")
    try a.say("set large 0 300 300000\n\(String(repeating: "x", count: 300_000))", "STORED")
    try a.say("set ever 0 0 1\nx", "STORED")
    try clocks[1].set(ahead: seconds)
    try cluster.restart(1)
    try cluster.awaitReady()
    try expectLives("stream", "walk", "large")
    // Set right, which changes nothing.
    try clocks[1].set(ahead: 0)
    try expectLives("stream", "walk", "large")
    try cluster.kill(0)
    try cluster.awaitReady([1])
    let b = try cluster.nodes[1].connect()
    try b.say("set later 0 300 1\nx", "STORED")
    try b.say("get ever", "VALUE ever 0 1\nx\nEND")
    try cluster.restart(0)
    try cluster.awaitReady()
    try expectLives("stream", "walk", "large", "later")
    let shift = try b.statistic("clock_shift_ms", of: "cluster")
    #expect(abs(shift + 1000 * seconds) < 500)
  }

  @Test func `a clock that is set while a node runs changes nothing`() throws {
    try cluster.bootstrap([0])
    let a = try cluster.nodes[0].connect()
    try a.say("set early 0 300 1\nx", "STORED")
    for seconds in [600, -600] {
      try clocks[0].set(ahead: seconds)
      try eventually("it is told") {
        try abs(a.statistic("clock_set_ms", of: "cluster") - 1000 * seconds) < 500
      }
      try a.say("set late\(seconds) 0 300 1\nx", "STORED")
      try expectLives("early", "late\(seconds)")
      try cluster.kill(1)
      try cluster.awaitReady([0])
      try cluster.restart(1)
      try cluster.awaitReady()
      try expectLives("early", "late\(seconds)")
    }
    #expect(cluster.nodes[0].errors.contains("the machine's clock was set"))
  }

  /// Its incarnations have to rise.
  @Test func `after the loss of everything a cluster begins anew though its clocks were set back`() throws {
    for clock in clocks { try clock.set(ahead: 600) }
    try cluster.bootstrap([0])
    for index in 0..<2 { try cluster.kill(index) }
    for clock in clocks { try clock.set(ahead: 0) }
    for index in 0..<2 { try cluster.restart(index) }
    try cluster.awaitLinks()
    try cluster.order("bootstrap", at: 0)
    try cluster.awaitReady()
    try cluster.nodes[1].connect().say("set k 0 0 1\nx", "STORED")
  }
}
