/// What nodes send each other: frames of 16 bytes and a payload, all numbers little-endian. Replies may come in another order than their
/// requests, which is what `id` is for.
public struct PeerFrame: Sendable, Equatable {
  /// What the payload is.
  public enum Kind: UInt8, Sendable {
    /// The handshake: who connects, what he is asked, his answer, and the end of it.
    case hello = 1
    case challenge, proof, welcome
    /// Why the connection is closed, one line.
    case goodbye
    /// A request as a client wrote it.
    case request = 16
    /// What the client is to be told, or a part of it.
    case reply
    /// The next part of a request, or of an entry, that came without all of its value.
    case data
    /// To who has passed a request on: it waits for its key; 8 bytes, how long at most, milliseconds.
    case parked
    /// To who has passed a request on: its client was given a lease; 8 bytes, for how long, milliseconds, or 0: a lease of it has ended.
    case lease
    /// Of a request that waits: its client holds a lease by now, so it is answered as it is; with `gone`: nobody waits for the answer.
    case release
    /// Groups of keys are void, at the node that numbers the bumps: 8 bytes, the number of its view, and `NumberedBump`s. The reply is a
    /// `BumpAnswer`.
    case bumps
    /// What a feed does to keys: the numbers of the sender's view, of that in which the run of the feed began, and of the attempt, 8 bytes
    /// each, and `FeedMutation`s. The reply is a `FeedAnswer`.
    case feed
    /// A part of a feed's mutation with a large value: the same three numbers, one for the value, the offset of the part, 8 bytes each,
    /// the mutation without its value, and the part. The reply is a `FeedAnswer`.
    case feedPart
    /// A feed asks for keys whose primary the receiver is: a `FeedWalkRequest`. The reply is a `FeedWalkAnswer`.
    case feedWalk
    /// How far a feed has filled its pools, to who need not have the keys of the node that runs it: a byte with the length of its name, the
    /// name, and text. The reply is a `FeedAnswer`.
    case feedState
    /// From here on the connection is a stream: what the nodes tell each other besides requests.
    case stream = 32
    /// A message between controls.
    case control
    /// Changes of the sender's keys: 8 bytes, the place in its journal that they lead up to, and entries. `id` names the stream.
    case entries
    /// Everything was walked over that the receiver of a stream has to have; 8 bytes, the place.
    case walked
    /// What has arrived of a stream; 8 bytes, the place.
    case acknowledged
  }

  /// Bits of `flags`.
  public enum Flag {
    /// Of a reply: further parts follow.
    public static let more: UInt8 = 1
    /// Of a request: some keys of a get, whose reply has no `END`.
    public static let fragment: UInt8 = 2
    /// Of a request: 8 bytes come first, the name of its client in lease tables.
    public static let client: UInt8 = 4
    /// Of a request: its value follows in frames of data; of these: another follows.
    public static let open: UInt8 = 8
    /// Of a reply: the node may not answer the request, and has not begun with it.
    public static let refused: UInt8 = 16
    /// Of a request: its client holds a lease, so it is not to wait.
    public static let holder: UInt8 = 32
    /// Of a release.
    public static let gone: UInt8 = 1
    /// Of what a feed does: some of it may be done already.
    public static let repeated: UInt8 = 1
  }

  /// Bytes of a client's name, and of a notice.
  public static let wordSize = 8
  /// Bytes of the header.
  public static let headerSize = 16
  /// Where in it the flags are.
  public static let flagsOffset = 5
  /// Most bytes of the payload of anything but a reply.
  public static let payloadLimit = 128 << 10

  /// Bytes behind the header.
  public var length: UInt32
  /// What they are.
  public var kind: Kind
  /// Bits of `Flag`.
  public var flags: UInt8
  /// Number of the pool that a request's keys belong to.
  public var pool: UInt16
  /// Names the request within its connection.
  public var id: UInt64

  /// A frame's header.
  @inline(__always)
  public init(_ kind: Kind, id: UInt64 = 0, pool: UInt16 = 0, flags: UInt8 = 0, length: Int = 0) {
    self.length = UInt32(truncatingIfNeeded: length)
    self.kind = kind
    self.flags = flags
    self.pool = pool
    self.id = id
  }

  /// Reads 16 bytes; nil: it is no header.
  @inline(__always)
  public init?(_ header: UnsafeRawPointer) {
    guard let kind = Kind(rawValue: header.load(fromByteOffset: 4, as: UInt8.self)) else { return nil }
    self.kind = kind
    length = UInt32(littleEndian: header.loadUnaligned(as: UInt32.self))
    flags = header.load(fromByteOffset: Self.flagsOffset, as: UInt8.self)
    pool = UInt16(littleEndian: header.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
    id = UInt64(littleEndian: header.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    if kind != .reply && length > UInt32(Self.payloadLimit) { return nil }
  }

  /// Writes 16 bytes.
  @inline(__always)
  public func write(to header: UnsafeMutableRawPointer) {
    header.storeBytes(of: length.littleEndian, as: UInt32.self)
    header.storeBytes(of: kind.rawValue, toByteOffset: 4, as: UInt8.self)
    header.storeBytes(of: flags, toByteOffset: Self.flagsOffset, as: UInt8.self)
    header.storeBytes(of: pool.littleEndian, toByteOffset: 6, as: UInt16.self)
    header.storeBytes(of: id.littleEndian, toByteOffset: 8, as: UInt64.self)
  }
}
