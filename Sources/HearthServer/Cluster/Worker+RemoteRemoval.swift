import HearthNet
import HearthProtocol

extension Worker {
  /// The value of a request for another node is refused here. The old one must not stay there: it is deleted, of which the client
  /// hears nothing.
  static func removeElsewhere(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    guard w.pointee.datagrams == nil, let link = w.pointee.links?[Int(op.pointee.node)] else { return }
    PeerLinks.connectIfDown(w, link)
    if link.pointee.refusal != nil { return }
    let isMeta = op.pointee.request.verb == .metaSet
    var text: [UInt8] = Array((isMeta ? "md " : "delete ").utf8)
    text += op.pointee.bytes(op.pointee.request.key)
    let isBinary = isMeta && op.pointee.request.has(MetaFlag.base64Key)
    text += Array((isMeta ? isBinary ? " b q\r\n" : " q\r\n" : " noreply\r\n").utf8)
    // The refusal is told when the value is gone.
    let order = openOrder(w, op.pointee.origin.assumingMemoryBound(to: Connection.self))
    takeReplies(w, order)
    order.pointee.openLine = 0
    let slot = order.pointee.await(order)
    slot.pointee.isSilent = true
    list(w, order)
    begin(w, op, link, slot)
    text.withUnsafeBytes { link.pointee.append($0.baseAddress.unsafelyUnwrapped, $0.count) }
    link.pointee.end()
  }
}
