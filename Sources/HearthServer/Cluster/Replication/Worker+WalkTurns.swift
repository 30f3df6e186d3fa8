func workerFineAlarm(_ context: UnsafeMutableRawPointer) {
  Worker.goOnWithWalks(context.assumingMemoryBound(to: Worker.self))
}

extension Worker {
  /// Walks whose rate is limited go on. Not within a round.
  fileprivate static func goOnWithWalks(_ w: WorkerPointer) {
    takeTime(w)
    for stream in w.pointee.keptStreams where stream.walk != nil { pump(w, stream) }
  }
}
