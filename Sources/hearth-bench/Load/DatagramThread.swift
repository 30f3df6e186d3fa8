import CHearth
import Glibc

/// A load thread over UDP: every socket keeps a number of datagrams in flight, sent and received many at a
/// time. Each request is one datagram with memcached's 8-byte header (request, sequence, total, 0; all
/// big-endian); replies may come in several.
struct DatagramThread {
  private let report: UnsafeMutablePointer<ThreadReport>
  private let control: LoadControl
  private var sockets: [DatagramSocket]
  private var source: RequestSource
  private var verifier: ReplyVerifier

  /// A datagram that is not answered for this long counts as lost.
  static let patience: UInt64 = 500_000_000

  init(
    plan: LoadPlan, keyspace: Keyspace, thread: Int, control: LoadControl,
    report: UnsafeMutablePointer<ThreadReport>
  ) throws(SystemError) {
    self.report = report
    self.control = control
    source = RequestSource(plan: plan, keyspace: keyspace, thread: thread)
    verifier = ReplyVerifier(keys: keyspace.view)
    sockets = []
    let count = max(
      plan.connections * (thread + 1) / plan.threads - plan.connections * thread / plan.threads, 1)
    for _ in 0..<count {
      let socket = try Socket(connectedTo: plan.endpoint)
      sockets.append(
        DatagramSocket(
          socket, slots: plan.datagramsInFlight, request: source.longestRequest,
          reply: keyspace.longestValue + 512, entries: source.entriesPerRequest))
    }
  }

  mutating func run() throws(SystemError) {
    let poller = try Poller(capacity: sockets.count)
    for i in 0..<sockets.count {
      poller.add(sockets[i].descriptor, tag: UInt32(i))
      sockets[i].refill(&source, now: hearth_monotonic_ns())
    }
    var nextCheck = hearth_monotonic_ns() + DatagramThread.patience
    while sockets.contains(where: { $0.busy > 0 }) {
      let ready = poller.wait(milliseconds: 100)
      let phase = control.phase
      for event in 0..<ready {
        let i = poller.tag(event)
        sockets[i].receive(&verifier, report, measuring: phase == LoadControl.Phase.measuring)
        if phase != LoadControl.Phase.stopping { sockets[i].refill(&source, now: hearth_monotonic_ns()) }
      }
      let now = hearth_coarse_ns()
      if now > nextCheck {
        for i in 0..<sockets.count {
          verifier.counts.unanswered += sockets[i].giveUpStalled(now)
          if phase != LoadControl.Phase.stopping { sockets[i].refill(&source, now: now) }
        }
        nextCheck = now + DatagramThread.patience / 2
      }
      report.pointee.publish(verifier.counts)
    }
    report.pointee.publish(verifier.counts)
    report.pointee.complaint = verifier.complaintText
    for socket in sockets { socket.deallocate() }
    verifier.deallocate()
  }
}
