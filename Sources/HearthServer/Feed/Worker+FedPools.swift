import HearthProtocol

extension Worker {
  /// The request would read from a pool that is not loaded, or change a key that a feed writes.
  @inline(never)
  static func refuseInFedPool(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    guard let fed = op.pointee.pool.pointee.fed else { return dispatch(w, op) }
    if op.pointee.detour == .fed {
      if op.pointee.request.noReply { return }
      return report(w, "SERVER_ERROR key is fed by \(fed.pointee.feed)\r\n")
    }
    report(w, "SERVER_ERROR pool \(fed.pointee.name) \(FedPool.stateText(fed))\r\n")
  }
}
