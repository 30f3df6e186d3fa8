import CHearth
import Glibc

/// A thread with its share of the herd: waits with epoll for replies and for the next client that is due. `run` is
/// called once, on the thread; the measure may be read when that has been joined.
final class HerdThread: @unchecked Sendable {
  static let key = "herd:page"
  private static let get = Array("get \(key)\r\n".utf8)

  private let plan: HerdPlan
  private let database: SharedDatabase
  private let control: LoadControl
  private let count: Int
  private let connections: UnsafeMutablePointer<HerdConnection>
  private var connected = 0
  private var clients: [HerdClient]
  private var queue = DueQueue()
  private var random: SplitMix64
  private(set) var measure = HerdMeasure()
  private(set) var failure: SystemError?
  /// Reads answered, for the progress line.
  private let published: UnsafeMutablePointer<UInt64>

  var reads: UInt64 { hearth_atomic_load64(published) }

  /// Connects all clients of the thread.
  init(plan: HerdPlan, thread: Int, database: SharedDatabase, control: LoadControl) throws(SystemError) {
    self.plan = plan
    self.database = database
    self.control = control
    count = plan.clients * (thread + 1) / plan.threads - plan.clients * thread / plan.threads
    clients = Array(repeating: HerdClient(), count: count)
    random = SplitMix64(seed: UInt64(thread + 1))
    published = .allocate(capacity: 1)
    published.initialize(to: 0)
    connections = .allocate(capacity: count)
    // From here on whatever is thrown ends in `deinit`, which takes back what there is.
    while connected < count {
      let socket = try Socket(connectedTo: plan.endpoint)
      (connections + connected).initialize(to: HerdConnection(socket))
      connected += 1
    }
  }

  deinit {
    for i in 0..<connected {
      let connection = connections + i
      connection.pointee.closeNow()
      connection.pointee.deallocate()
    }
    connections.deallocate()
    published.deallocate()
  }

  /// Until the control says stop.
  func run() {
    do throws(SystemError) {
      let poller = try Poller(capacity: count)
      let begin = hearth_monotonic_ns()
      for i in 0..<count {
        poller.add(connections[i].descriptor, tag: UInt32(i))
        queue.add(i, at: begin + random.next(below: max(plan.interval, 1)))
      }
      while control.phase != LoadControl.Phase.stopping {
        let ready = poller.wait(milliseconds: timeout(hearth_monotonic_ns()))
        for event in 0..<ready { receive(poller.tag(event)) }
        let now = hearth_monotonic_ns()
        while let client = queue.take(until: now) { act(client) }
        hearth_atomic_store64(published, measure.hits + measure.misses)
      }
      recordUnanswered(hearth_monotonic_ns())
    } catch {
      failure = error
    }
  }

  /// Milliseconds until the next client is due, rounded up.
  private func timeout(_ now: UInt64) -> Int32 {
    guard let next = queue.next else { return 100 }
    return next <= now ? 0 : Int32(min((next - now + 999_999) / 1_000_000, 100))
  }

  private func act(_ i: Int) {
    guard connections[i].isOpen else { return }
    let now = hearth_monotonic_ns()
    let sent: Bool
    switch clients[i].due(now: now) {
    case .get: sent = connections[i].send(Self.get)
    case .set(let ticket, let value):
      database.finish(ticket, at: now)
      let head = "set \(Self.key) 0 \(plan.ttl) \(HerdValue.size)\r\n"
      sent = connections[i].send(Array(head.utf8) + value.bytes + Array("\r\n".utf8))
    case .nothing: return
    }
    if !sent { giveUp(i, "the connection was closed") }
  }

  private func receive(_ i: Int) {
    let connection = connections + i
    guard connection.pointee.isOpen, let reply = connection.pointee.receive(key: Self.key) else { return }
    let now = hearth_monotonic_ns()
    switch clients[i].receive(reply, now: now) {
    case .hit(let wait, let age):
      measure.hits += 1
      measure.read(wait: wait)
      measure.oldest = max(measure.oldest, age)
      pause(i, now)
    case .miss(let wait):
      measure.misses += 1
      measure.read(wait: wait)
      clients[i].compute(ticket: database.begin(at: now), now: now)
      queue.add(i, at: now + plan.compute)
    case .stored(let wait):
      measure.computed(wait: wait)
      pause(i, now)
    case .refused(let line):
      measure.refused += 1
      measure.complaint = measure.complaint ?? line
      pause(i, now)
    case .wrong(let line): giveUp(i, line)
    }
  }

  private func pause(_ i: Int, _ now: UInt64) {
    queue.add(i, at: now + plan.interval / 2 + random.next(below: plan.interval + 1))
  }

  private func giveUp(_ i: Int, _ reason: String) {
    measure.failed += 1
    measure.complaint = measure.complaint ?? reason
    let connection = connections + i
    connection.pointee.closeNow()
  }

  /// A read that is still unanswered at the end has waited at least so long; leaving it out would hide it.
  private func recordUnanswered(_ now: UInt64) {
    for i in 0..<count where connections[i].isOpen {
      if case .reading(let since) = clients[i].state { measure.read(wait: now - since) }
    }
  }
}
