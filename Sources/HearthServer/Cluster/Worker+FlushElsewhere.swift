import HearthNet

/// `flush_all` of pools that the nodes keep together.
extension Worker {
  /// Asks all other nodes to flush, and answers when they have; an error ends the answer. False: there is nobody to ask.
  static func flushElsewhere(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, pool: Int, delay: Int32
  ) -> Bool {
    guard let links = w.pointee.links, w.pointee.datagrams == nil else { return false }
    let c = op.pointee.origin.assumingMemoryBound(to: Connection.self)
    let order = openOrder(w, c)
    takeReplies(w, order)
    order.pointee.openLine = 0
    order.pointee.openLineIfNone()
    for node in 0..<w.pointee.nodeCount {
      guard let link = links[node] else { continue }
      PeerLinks.connectIfDown(w, link)
      if link.pointee.state != .up, isCountedOut(w, node, pool: pool) { continue }
      let slot = order.pointee.await(order)
      slot.pointee.isSilent = op.pointee.request.noReply
      if let refusal = link.pointee.refusal {
        fail(w, link, slot, refusal)
      } else {
        link.pointee.begin(slot, pool: pool, now: w.pointee.herdNow, timeout: w.pointee.peerTimeout)
        var text = "flush_all \(delay)\r\n"
        text.withUTF8 { link.pointee.append($0.baseAddress.unsafelyUnwrapped, $0.count) }
        link.pointee.end()
      }
    }
    if !op.pointee.request.noReply { answer(w, "OK\r\n") }
    takeReplies(w, order)
    order.pointee.openLine = 0
    list(w, order)
    return true
  }
}
