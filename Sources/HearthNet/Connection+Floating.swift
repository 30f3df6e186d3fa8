/// Connections to the address that moves between machines. They end with a reset, not in order: the peer is to connect
/// anew at once, to whoever has the address then.
extension Connection {
  /// The peer connected to the floating address. Meanwhile that may not be served any more.
  static func markFloating(_ c: UnsafeMutablePointer<Connection>) {
    c.pointee.isFloating = true
    if c.pointee.loop.pointee.floating?.isServed == false { reset(c) }
  }

  /// Ends the connection: at once, or with the round that it has a part in.
  static func reset(_ c: UnsafeMutablePointer<Connection>) {
    SystemCalls.resetOnClose(c.pointee.descriptor)
    doom(c)
    settle(c)
  }
}

extension EventLoop {
  /// Ends all connections to the floating address.
  static func closeFloating(_ loop: UnsafeMutablePointer<EventLoop>) {
    var next = loop.pointee.first
    while let c = next {
      next = c.pointee.next
      if c.pointee.isFloating { Connection.reset(c) }
    }
  }
}
