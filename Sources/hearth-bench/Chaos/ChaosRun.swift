import CHearth
import Glibc
import HearthRig

/// One run: the load begins, the fault comes and goes, and everything is counted.
struct ChaosRun {
  let site: ChaosSite
  let fault: ChaosFault
  let number: Int

  func run() throws -> ChaosResult {
    var result = ChaosResult()
    try removeEarlierRuns()
    let load = ChaosLoad(
      site, prefix: "\(fault.rawValue)\(number)", expiry: fault.expiry, patience: fault.patience)
    try load.start(site.network)
    let watch = try ActiveWatch(site)
    usleep(1_500_000)
    var began: UInt64 = 0
    do {
      try fault.prepare(site)
      load.meter.restart()
      began = hearth_monotonic_ns()
      try fault.inject(site)
      let passed = Double(hearth_monotonic_ns() - began) / 1e9
      if passed < site.plan.seconds { usleep(UInt32((site.plan.seconds - passed) * 1e6)) }
      result.takeover = Double(load.meter.longest(at: hearth_monotonic_ns())) / 1e6
      if !fault.losesAll {
        try fault.heal(site)
        try site.awaitReady()
        usleep(500_000)
      }
    } catch { result.failures.append("\(error)") }
    result.tally = load.stop()
    result.doubleActives = watch.stop()
    if fault.losesAll {
      try fault.heal(site)
      try site.awaitReady()
    }
    result.acknowledged = load.ledgers.reduce(0) { $0 + $1.acknowledgedCount }
    if result.failures.isEmpty && !fault.losesAll { try audit(load, began, &result) }
    judge(&result)
    return result
  }

  /// What earlier runs have written would fill the pool in the end, and what is evicted looks like what is lost.
  private func removeEarlierRuns() throws {
    var answer = ""
    // A node that was cut off is connected to again after a while.
    for _ in 0..<50 {
      answer = try site.network.inside("client") {
        let connection = PatientConnection(address: VirtualNetwork.floatingAddress, patience: 5000)
        do throws(PatientConnection.Trouble) {
          return try connection.ask(Array("flush_all\r\n".utf8)) {
            (answer) throws(PatientConnection.Trouble) in
            try answer.line()
          }
        } catch { return "\(error)" }
      }
      if answer == "OK" { return }
      usleep(200_000)
    }
    throw SystemError("flush_all before run \(number): \(answer)")
  }

  private func audit(_ load: ChaosLoad, _ began: UInt64, _ result: inout ChaosResult) throws {
    let all = try ChaosAudit(load.ledgers, site.network, address: VirtualNetwork.floatingAddress)
    result.lost = all.lost
    if all.lost > 0 { result.oldestLost = (Double(began) - Double(all.oldest)) / 1e6 }
    result.tally.complaints += all.complaints
    for node in site.nodes {
      let own = try ChaosAudit(load.ledgers, site.network, address: site.network.address(node.name))
      if own.lost != all.lost {
        result.failures.append("\(node.name) at its own address lacks \(own.lost) writes")
        result.tally.complaints += own.complaints
      }
    }
  }

  /// What was promised and did not hold.
  private func judge(_ result: inout ChaosResult) {
    let isLossy = site.plan.isAsync
    if result.lost > 0 && !isLossy { result.failures.append("\(result.lost) acknowledged writes lost") }
    if result.tally.stale > 0 && !isLossy { result.failures.append("\(result.tally.stale) stale reads") }
    if result.tally.falseMisses > 0 && !isLossy {
      result.failures.append("\(result.tally.falseMisses) false misses")
    }
    if fault.isToBeSurvived && result.takeover > site.plan.seconds * 990 {
      result.failures.append("nothing was served until the fault was healed")
    }
    if result.tally.reads == 0 { result.failures.append("no read was answered") }
    if result.doubleActives > 0 { result.failures.append("two active nodes in one epoch") }
    if fault == .promote && result.tally.refused + result.tally.timedOut > 0 {
      result.failures.append("\(result.tally.refused) errors, \(result.tally.timedOut) time-outs at clients")
    }
    for node in site.nodes where node.hasCrashed { result.failures.append("hearthd on \(node.name) ended") }
  }
}
