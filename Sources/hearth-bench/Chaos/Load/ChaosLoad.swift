import CHearth
import Glibc
import HearthRig

/// The clients of one run: on a machine of their own, and beside each server, where they reach a node that everybody else takes for
/// gone. Begins and ends from one thread; everybody else has a thread of its own.
final class ChaosLoad {
  /// What one thread does, and what it saw.
  private final class Worker: @unchecked Sendable {
    let host: String
    let pause: UInt32
    let step: () -> Bool
    let tally: () -> LoadTally

    init(_ host: String, pause: UInt32, _ step: @escaping () -> Bool, _ tally: @escaping () -> LoadTally) {
      self.host = host
      self.pause = pause
      self.step = step
      self.tally = tally
    }
  }

  let meter = GapMeter()
  private(set) var ledgers: [WriteLedger] = []
  private var workers: [Worker] = []
  private var threads: [BackgroundThread] = []
  private let control = StopFlag()

  /// - Parameters:
  ///   - prefix: Of all keys; no earlier run's.
  ///   - expiry: Seconds that values live, 0 for ever.
  ///   - patience: Milliseconds that clients wait for one answer.
  init(_ site: ChaosSite, prefix: String, expiry: Int, patience: UInt64) {
    let floating = VirtualNetwork.floatingAddress
    func write(_ host: String, slots: Int, depth: Int, pause: UInt32, meter: GapMeter?) {
      let ledger = WriteLedger(prefix: "\(prefix)-\(ledgers.count)-", slots: slots)
      ledgers.append(ledger)
      let connection = PatientConnection(
        address: floating, patience: depth > 1 ? max(300, patience) : patience)
      let writer = ChaosWriter(ledger, connection, depth: depth, expiry: expiry, meter: meter)
      workers.append(Worker(host, pause: pause, writer.step, { writer.tally }))
    }
    for _ in 0..<2 { write("client", slots: 0, depth: 16, pause: 4000, meter: meter) }
    for _ in 0..<2 { write("client", slots: 500, depth: 1, pause: 1000, meter: meter) }
    for node in site.nodes { write(node.name, slots: 100, depth: 1, pause: 2000, meter: nil) }
    let all = ledgers
    func read(_ host: String, _ address: String, _ place: String) {
      let connection = PatientConnection(address: address, patience: patience)
      let reader = ChaosReader(all, connection, place: place)
      workers.append(Worker(host, pause: 1000, reader.step, { reader.tally }))
    }
    read("client", floating, "client, floating address")
    for node in site.nodes {
      read(node.name, floating, "on \(node.name), floating address")
      read(node.name, site.network.address(node.name), "on \(node.name), own address")
    }
  }

  func start(_ network: VirtualNetwork) throws(SystemError) {
    for worker in workers {
      let control = control
      threads.append(
        try BackgroundThread {
          do { try network.enter(worker.host) } catch { fatalError("\(error)") }
          while !control.isSet { usleep(worker.step() ? worker.pause : 2000) }
        })
    }
  }

  /// Ends all and tells what they saw.
  func stop() -> LoadTally {
    control.set()
    for thread in threads { thread.join() }
    threads = []
    var sum = LoadTally()
    for worker in workers { sum += worker.tally() }
    return sum
  }
}
