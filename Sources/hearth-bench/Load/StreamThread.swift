import CHearth
import Glibc

/// A load thread over TCP or a unix socket: waits with epoll, checks replies, sends the next burst.
struct StreamThread {
  private let report: UnsafeMutablePointer<ThreadReport>
  private let control: LoadControl
  private let connections: UnsafeMutablePointer<LoadConnection>
  private let count: Int
  private let depth: Int
  private var source: RequestSource
  private var verifier: ReplyVerifier
  /// Connections with a burst on its way.
  private var busy = 0

  /// A request without an answer for this long is given up.
  private static let patience: UInt64 = 5_000_000_000

  init(
    plan: LoadPlan, keyspace: Keyspace, thread: Int, control: LoadControl,
    report: UnsafeMutablePointer<ThreadReport>
  ) throws(SystemError) {
    self.report = report
    self.control = control
    depth = plan.depth
    source = RequestSource(plan: plan, keyspace: keyspace, thread: thread)
    verifier = ReplyVerifier(keys: keyspace.view)
    count = max(plan.connections * (thread + 1) / plan.threads - plan.connections * thread / plan.threads, 1)
    connections = .allocate(capacity: count)
    for i in 0..<count {
      do {
        let socket = try Socket(connectedTo: plan.endpoint)
        (connections + i).initialize(to: LoadConnection(socket, source: source, depth: depth))
      } catch {
        for j in 0..<i {
          connections[j].closeNow()
          connections[j].deallocate()
        }
        throw error
      }
    }
  }

  mutating func run() throws(SystemError) {
    let poller = try Poller(capacity: count)
    for i in 0..<count {
      poller.add(connections[i].descriptor, tag: UInt32(i))
      startBurst(i, poller, now: hearth_monotonic_ns())
    }
    var nextCheck = hearth_monotonic_ns() + 1_000_000_000
    while busy > 0 {
      let ready = poller.wait(milliseconds: 100)
      let phase = control.phase
      for event in 0..<ready { serve(poller.tag(event), poller, phase) }
      report.pointee.publish(verifier.counts)
      let now = hearth_coarse_ns()
      if now > nextCheck {
        giveUpStalled(poller, now)
        nextCheck = now + 1_000_000_000
      }
    }
    report.pointee.publish(verifier.counts)
    report.pointee.complaint = verifier.complaintText
    for i in 0..<count {
      connections[i].closeNow()
      connections[i].deallocate()
    }
    connections.deallocate()
    verifier.deallocate()
  }

  @inline(__always)
  private mutating func serve(_ i: Int, _ poller: borrowing Poller, _ phase: UInt32) {
    guard connections[i].isOpen else { return }
    if connections[i].hasUnsent { flush(i, poller) }
    guard connections[i].isOpen else { return }
    switch connections[i].receive(&verifier) {
    case .waiting: break
    case .failed: drop(i)
    case .burstAnswered:
      guard connections[i].isBusy else { return }
      let now = hearth_monotonic_ns()
      if phase == LoadControl.Phase.measuring {
        report.pointee.record(
          nanoseconds: now &- connections[i].sentAt, requests: UInt64(connections[i].requests))
      }
      connections[i].isBusy = false
      busy &-= 1
      if phase != LoadControl.Phase.stopping { startBurst(i, poller, now: now) }
    }
  }

  @inline(__always)
  private mutating func startBurst(_ i: Int, _ poller: borrowing Poller, now: UInt64) {
    guard connections[i].prepareBurst(&source, depth: depth, now: now) else { return }
    connections[i].isBusy = true
    busy &+= 1
    flush(i, poller)
  }

  @inline(__always)
  private mutating func flush(_ i: Int, _ poller: borrowing Poller) {
    if !connections[i].flush() {
      verifier.counts.closed += 1
      drop(i)
      return
    }
    let unsent = connections[i].hasUnsent
    if unsent != connections[i].watchesWritable {
      connections[i].watchesWritable = unsent
      poller.watchWritable(connections[i].descriptor, tag: UInt32(i), unsent)
    }
  }

  private mutating func drop(_ i: Int) {
    if connections[i].isBusy { busy -= 1 }
    connections[i].isBusy = false
    connections[i].closeNow()
  }

  private mutating func giveUpStalled(_ poller: borrowing Poller, _ now: UInt64) {
    for i in 0..<count
    where connections[i].isOpen && connections[i].isWaiting && now > connections[i].sentAt + Self.patience {
      verifier.counts.unanswered += 1
      drop(i)
    }
  }
}
