@testable import HearthCluster

/// A node: its control, and a small data path that obeys it as the daemon does.
final class SimNode {
  let number: Int
  var control: ClusterControl
  var data: DataState
  var decision: Decision?
  var durable: DurableState?

  // The process and its clocks.
  var isRunning = false
  var isPaused = false
  /// It has ended, and its memory will be there when it begins again.
  var returns = false
  /// When the last pause or absence ends.
  var troubledUntil = -1000
  /// What has arrived while the process was stopped.
  var waiting: [SimEvent] = []
  /// Counts starts.
  var process = 0
  /// The tick that is waited for.
  var generation = 0
  var tickAt = 0
  /// Parts per million that the monotonic clock is fast.
  let drift: Int
  let clockStart: Int
  /// What the machine's clock is ahead, and what it was when the process read it.
  var wallOffset = 0
  var clockOffset = 0
  /// What the control has it set by.
  var clockShift = 0
  private var nonce: UInt64 = 1
  var role: Int?
  /// No map that it knows of names it.
  var isOutside = false

  // Memory.
  var items: [SimItem?]
  /// The last own records; `data.logFloor` is the one before the first.
  var log: [SimRecord] = []
  var applied: [UInt64]
  // Streams by peer, 0 for none.
  var sending: [UInt64]
  /// For each peer: the change whose gains are walked over, 0: everything is.
  var walks: [UInt64]
  var purging: UInt64 = 0
  var accepting: [UInt64]
  /// Keys that were in a stream which replaces what is here.
  var refreshed: [NodeSet?]
  /// Own writes that are not acknowledged yet.
  var pending: [SimRecord] = []

  init(_ number: Int, _ scenario: Scenario, keys: Int, drift: Int, clockStart: Int) {
    self.number = number
    self.drift = drift
    self.clockStart = clockStart
    let count = scenario.nodeCount
    control = ClusterControl(
      node: 0, map: scenario.map, settings: scenario.settings, durable: nil, dataKept: false, nonce: 1,
      now: 0)
    data = DataState(nodes: count)
    items = Array(repeating: nil, count: keys)
    applied = Array(repeating: 0, count: count)
    sending = applied
    walks = applied
    refreshed = Array(repeating: nil, count: count)
    accepting = applied
  }

  /// The monotonic clock at a time of the simulation.
  func clock(_ time: Int) -> UInt64 { UInt64(clockStart + time + time * drift / 1_000_000) }

  /// The clock that items expire by, as the process has it.
  func wall(_ time: Int) -> Int { Int(clock(time)) - clockStart + clockOffset }

  /// When the clock shows a reading, at the earliest.
  func time(of reading: UInt64) -> Int {
    if reading > UInt64(Int.max / 2) { return .max }
    var time = (Int(reading) - clockStart) * 1_000_000 / (1_000_000 + drift)
    while clock(time) < reading { time += 1 }
    return time
  }

  /// The process begins.
  func start(_ scenario: Scenario, dataKept: Bool, time: Int) {
    process += 1
    nonce = UInt64(1_000_000 + time + wallOffset) << 16 | UInt64(process & 0xff) << 8
    tickAt = 0
    isRunning = true
    isPaused = false
    waiting = []
    let isKept = dataKept && durable != nil
    if !isKept && !scenario.hasStateFiles { durable = nil }
    // Items that outlive the process go on by its clock.
    clockOffset = isKept ? clockOffset + clockShift : wallOffset
    clockShift = 0
    if let durable { nonce = max(nonce, (durable.incarnation >> 16 + 1) << 16) }
    isOutside = (durable?.view.map ?? scenario.map).nodes.count <= number
    if !isOutside { enter(scenario.map, scenario, time: time, isKept: isKept) }
    if !isKept { forget() }
    log = []
    pending = []
    let appended = isKept ? data.appended : 0
    data = DataState(nodes: applied.count)
    data.appended = appended
    data.logFloor = appended
    for peer in applied.indices {
      data.peers[peer].applied = applied[peer]
      sending[peer] = 0
      walks[peer] = 0
      refreshed[peer] = nil
      accepting[peer] = 0
    }
    purging = 0
    decision = nil
    role = nil
  }

  /// A control begins, of a node that the map, or the view that it had, names.
  func enter(_ map: ClusterMap, _ scenario: Scenario, time: Int, isKept: Bool = false) {
    isOutside = false
    control = ClusterControl(
      node: number, map: map, settings: scenario.settings, durable: durable, dataKept: isKept,
      nonce: nonce, now: clock(time))
    control.omitted = scenario.omitted
  }

  /// All items, records and positions are gone; some keys stay.
  func forget(but kept: NodeSet = []) {
    for key in items.indices where !kept.contains(key) { items[key] = nil }
    log = []
    data.logFloor = data.appended
    pending = []
    for peer in applied.indices {
      applied[peer] = 0
      data.peers[peer].applied = 0
      accepting[peer] = 0
    }
  }

  /// When the oldest record that the peer has not acknowledged was appended.
  func notePending(_ peer: Int) {
    let acknowledged = data.peers[peer].acknowledged
    if sending[peer] == 0 || acknowledged >= data.appended {
      data.peers[peer].pendingSince = nil
    } else if let first = log.first {
      let place = acknowledged >= first.sequence ? Int(acknowledged - first.sequence) + 1 : 0
      data.peers[peer].pendingSince = log[place].at
    }
  }
}
