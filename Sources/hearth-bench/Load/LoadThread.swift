import CHearth
import Glibc

/// A load thread as its starter sees it.
struct LoadThread {
  /// What runs on the thread, behind one pointer for pthread_create.
  fileprivate struct Body {
    enum Work {
      case stream(StreamThread)
      case datagram(DatagramThread)
    }
    var work: Work
    var handle: pthread_t
    let report: UnsafeMutablePointer<ThreadReport>
  }

  private let body: UnsafeMutablePointer<Body>
  private let report: UnsafeMutablePointer<ThreadReport>

  /// Connects all sockets of the thread.
  init(plan: LoadPlan, keyspace: Keyspace, thread: Int, control: LoadControl) throws(SystemError) {
    report = .allocate(capacity: 1)
    report.initialize(to: ThreadReport())
    let work: Body.Work
    if plan.endpoint.isDatagram {
      work = .datagram(
        try DatagramThread(
          plan: plan, keyspace: keyspace, thread: thread, control: control, report: report))
    } else {
      work = .stream(
        try StreamThread(
          plan: plan, keyspace: keyspace, thread: thread, control: control, report: report))
    }
    body = .allocate(capacity: 1)
    body.initialize(to: Body(work: work, handle: 0, report: report))
  }

  func start() throws(SystemError) {
    let status = pthread_create(&body.pointee.handle, nil, runLoadThread, body)
    if status != 0 { throw SystemError(call: "pthread_create", errno: status) }
  }

  var counts: ReplyCounts { report.pointee.counts }
  var isFinished: Bool { report.pointee.isFinished }

  func join() -> ThreadReport {
    pthread_join(body.pointee.handle, nil)
    return report.pointee
  }

  func deallocate() {
    body.deinitialize(count: 1)
    body.deallocate()
    report.deinitialize(count: 1)
    report.deallocate()
  }
}

/// A free function, so that it belongs to no actor.
private func runLoadThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let body = argument!.assumingMemoryBound(to: LoadThread.Body.self)
  do throws(SystemError) {
    // The work is taken out, so that it is used in place and never copied.
    switch body.pointee.work {
    case .stream(var thread): try thread.run()
    case .datagram(var thread): try thread.run()
    }
  } catch {
    body.pointee.report.pointee.failure = error
  }
  body.pointee.report.pointee.finish()
  return nil
}
