import Glibc

/// Replays one plan against several servers at the same time, each on its own thread: the miss ratio does not
/// depend on speed, and paced replays take as long as one.
enum ReplayPair {
  fileprivate struct Body {
    var replayer: Replayer
    var failure: SystemError?
    var handle: pthread_t = 0
  }

  static func run(_ plan: ReplayPlan, _ endpoints: [Endpoint]) throws(SystemError) -> [ReplayResult] {
    let bodies = UnsafeMutablePointer<Body>.allocate(capacity: endpoints.count)
    for (i, endpoint) in endpoints.enumerated() {
      (bodies + i).initialize(to: Body(replayer: Replayer(plan, endpoint)))
    }
    var started = 0
    var failure: SystemError?
    for i in endpoints.indices {
      let status = pthread_create(&bodies[i].handle, nil, runReplay, bodies + i)
      if status != 0 {
        failure = SystemError(call: "pthread_create", errno: status)
        break
      }
      started += 1
    }
    for i in 0..<started {
      pthread_join(bodies[i].handle, nil)
      failure = failure ?? bodies[i].failure
    }
    let results = endpoints.indices.map { bodies[$0].replayer.result }
    bodies.deinitialize(count: endpoints.count)
    bodies.deallocate()
    if let failure { throw failure }
    return results
  }
}

/// A free function, so that it belongs to no actor.
private func runReplay(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let body = argument!.assumingMemoryBound(to: ReplayPair.Body.self)
  do throws(SystemError) {
    try body.pointee.replayer.run()
  } catch {
    body.pointee.failure = error
  }
  return nil
}
