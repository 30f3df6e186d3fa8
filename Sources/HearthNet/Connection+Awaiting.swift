import CLibevent

/// Connections whose replies come from elsewhere: they may end their input before they have them.
extension Connection {
  /// Replies are still to come, or none are any more. The connection's end is then up to the layer above, if its input has ended.
  public static func awaitReplies(_ c: UnsafeMutablePointer<Connection>, _ value: Bool) {
    c.pointee.awaitsReplies = value
  }

  /// Nothing more comes: it is not listened to, until there is something to send.
  static func endInput(_ c: UnsafeMutablePointer<Connection>) {
    c.pointee.inputHasEnded = true
    if !c.pointee.isPaused { pause(c) }
  }
}
