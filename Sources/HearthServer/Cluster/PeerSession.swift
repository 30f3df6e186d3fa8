import HearthCluster

/// The conversation of a connection between nodes. Owned by the connection's session.
struct PeerSession: ~Copyable {
  enum Stage {
    /// This node has connected: what comes is for the link.
    case outgoing
    /// The other one has, and is yet to say who it is, and to prove it.
    case awaitsHello
    case awaitsProof
    /// Its requests are served.
    case serves
    /// This node has connected to make a stream of it.
    case connectsStream
    /// It is a stream.
    case stream
  }

  var stage: Stage
  /// Of an outgoing one.
  let link: LinkPointer?
  let handshake: PeerHandshake
  var greeting: PeerHandshake.Greeting?
  /// Milliseconds of the monotonic clock when it began.
  let began: UInt64
  /// The stream that goes over it.
  var stream: PeerStream?
  /// Parses requests.
  var session = Session()
  /// Requests whose values are arriving, by their numbers.
  var bodies: [UInt64: UnsafeMutablePointer<Session>] = [:]

  /// A feed's large value that is arriving.
  var upload: FeedUpload?

  /// Requests that are kept until their keys are there, by their numbers; and for each client the first of its own.
  var kept: [UInt64: KeptFramePointer] = [:]
  var keptClients: [UInt64: KeptFramePointer] = [:]

  init(_ stage: Stage, link: LinkPointer?, _ handshake: PeerHandshake, began: UInt64) {
    self.stage = stage
    self.link = link
    self.handshake = handshake
    self.began = began
  }

  /// Gives up what is arriving.
  static func end(_ p: UnsafeMutablePointer<PeerSession>) {
    for (_, body) in p.pointee.bodies { free(body) }
    p.pointee.bodies = [:]
    p.pointee.upload = nil
  }

  static func free(_ body: UnsafeMutablePointer<Session>) {
    Session.end(body)
    body.deinitialize(count: 1)
    body.deallocate()
  }
}
