import HearthNet

/// What a client sends behind a bump is done behind it, though the keys have several primaries, which are told one after another.
extension Worker {
  /// The client's further requests wait for the bump, unless one node alone is primary of all keys: that one does them in order.
  static func noteOpenBump(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>
  ) {
    guard let numbering = w.pointee.numbering, isBump(op), !s.pointee.isPeer, w.pointee.datagrams == nil,
      !otherPrimaries(w, numbering).isEmpty
    else { return }
    s.pointee.hasOpenBump = true
  }

  /// Executes a request when the bump before it is answered.
  static func performBehindBump(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>,
    _ perform: (WorkerPointer, UnsafeMutablePointer<Operation>) -> Void
  ) {
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    if op.pointee.mayWait, holdUntilAnswered(w, op, c) { return }
    forgetBump(w, op, session(of: c))
    perform(w, op)
  }

  /// The bump is answered: the request goes where it would have gone without it.
  static func forgetBump(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ s: UnsafeMutablePointer<Session>
  ) {
    s.pointee.hasOpenBump = false
    op.pointee.detour = .none
    chooseDetour(w, op, s)
  }
}
