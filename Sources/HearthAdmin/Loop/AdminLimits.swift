/// What clients of the interface may take. They are few and local; these bounds are for those that misbehave.
struct AdminLimits {
  /// Connections at once; further ones wait in the kernel's queue.
  var connections = 32
  /// Seconds that a client may be silent, or not read, in the middle of a request.
  var silence: Int32 = 10
  /// Seconds that a connection may last, which ends a client that sends a byte now and then.
  var life: UInt64 = 30

  /// Bytes of a request's head.
  static let headers = 16 << 10
  /// Bytes at which libevent itself refuses a body, with a page of its own. Up to here the router does, in JSON.
  static let body = 4 * AdminRouter.bodyLimit
  /// Bytes of input that are held for one connection; enough for the largest request.
  static let input = 2 * body
}
