import HearthNet
import HearthProtocol

/// What a worker keeps per connection, right behind the connection itself. Trivial but for the pointers,
/// which are freed when it ends.
struct Session: ~Copyable {
  var parser = RequestParser()
  /// The pool of every key, for a connection through a pool's own listener.
  var ownPool: UnsafeMutablePointer<ServerPool>?
  /// A large value that is arriving.
  var body: UnsafeMutablePointer<LargeBody>?
  /// A key dump that is being sent.
  var dump: UnsafeMutablePointer<KeyDump>?
  /// Its part in herd protection.
  var herd = HerdSession()
  /// The conversation of a connection to the mutex port, which has no requests. Ends with `Worker.closeMutex`.
  var mutex: UnsafeMutablePointer<MutexSession>?
  /// Replies that wait for other nodes'.
  var order: UnsafeMutablePointer<ReplyOrder>?
  /// How many values it may ask other nodes for at once; nil: it has not asked for any.
  var window: ForwardWindow?
  /// The conversation of a connection between nodes. Ends with `Worker.closePeer`.
  var peer: UnsafeMutablePointer<PeerSession>?
  /// Its requests come from another node, and go no further.
  var isPeer = false
  /// With `isPeer`: whose request it is, by his name in the lease tables, 0: that was not said.
  var client: UInt64 = 0
  /// Some keys of the line of a get are other nodes'.
  var isLineForwarded = false
  /// The line of a get was answered with an error already; its keys that are still to come say nothing.
  var isLineRefused = false
  /// A write was passed on whose answer may not be here yet: what is read behind it is read where it goes to.
  var hasForwardedWrite = false
  /// It has bumped a group whose keys have several primaries, and other requests wait for the answer.
  var hasOpenBump = false
  /// Since when nobody may answer its next request, milliseconds of the monotonic clock, 0: it can be answered; and whether it is in
  /// the worker's list of such.
  var stalledSince: UInt64 = 0
  /// Milliseconds that it may.
  var stallLimit: UInt64 = 0
  var isStalled = false
  /// Requests of this round were given back to the input: what parsing has come to since does not count.
  var wasHandedBack = false
  /// What it did last, for `stats conns`.
  var lastVerb = Verb.version

  /// Ends the parts that own memory.
  static func end(_ s: UnsafeMutablePointer<Session>) {
    endBody(s)
    endDump(s)
  }

  static func endBody(_ s: UnsafeMutablePointer<Session>) {
    if let body = s.pointee.body {
      body.deinitialize(count: 1)
      body.deallocate()
      s.pointee.body = nil
    }
  }

  static func endDump(_ s: UnsafeMutablePointer<Session>) {
    if let dump = s.pointee.dump {
      dump.deinitialize(count: 1)
      dump.deallocate()
      s.pointee.dump = nil
    }
  }
}

typealias ConnectionPointer = UnsafeMutablePointer<Connection>

/// The session of a connection.
@inline(__always)
func session(of c: ConnectionPointer) -> UnsafeMutablePointer<Session> {
  Connection.session(c).assumingMemoryBound(to: Session.self)
}
