/// The frame in front of every datagram (doc/protocol.txt, "UDP protocol"): request id, sequence number,
/// number of datagrams, a reserved word; 16 bits each, big endian.
public enum UDPFrame {
  /// Bytes of the frame.
  @inlinable public static var headerSize: Int { 8 }
  /// Most bytes of one datagram of ours, frame included.
  @inlinable public static var datagramSize: Int { 1400 }
  /// Reply bytes in a full datagram.
  @inlinable public static var payloadSize: Int { datagramSize - headerSize }
  /// Longest reply that the 16-bit count of datagrams can announce.
  @inlinable public static var longestReply: Int { payloadSize * Int(UInt16.max) }

  /// The id of a request. Nil when the datagram must be dropped without an answer: no longer than the frame,
  /// or part of a request in several datagrams.
  @inlinable
  public static func requestID(_ datagram: UnsafeRawBufferPointer) -> UInt16? {
    if datagram.count <= headerSize || datagram[4] != 0 || datagram[5] != 1 { return nil }
    return UInt16(datagram[0]) << 8 | UInt16(datagram[1])
  }

  /// In how many datagrams a reply of `length` bytes goes; none for no reply.
  @inlinable
  public static func datagrams(_ length: Int) -> Int { (length + payloadSize - 1) / payloadSize }

  /// The part of a reply of `length` bytes that the datagram of this sequence number (from 0) carries.
  @inlinable
  public static func payload(_ sequence: Int, of length: Int) -> Range<Int> {
    let start = sequence * payloadSize
    return start..<min(length, start + payloadSize)
  }

  /// Writes the frame of one datagram, 8 bytes.
  @inlinable
  public static func writeHeader(
    id: UInt16, sequence: Int, datagrams: Int, _ out: UnsafeMutableRawPointer
  ) {
    out.storeBytes(of: id.bigEndian, as: UInt16.self)
    out.storeBytes(of: UInt16(sequence).bigEndian, toByteOffset: 2, as: UInt16.self)
    out.storeBytes(of: UInt16(datagrams).bigEndian, toByteOffset: 4, as: UInt16.self)
    out.storeBytes(of: 0, toByteOffset: 6, as: UInt16.self)
  }

  /// Whether a reply of `reply` bytes may answer a datagram of `request` bytes (frame included) from beyond
  /// loopback: on the wire one datagram or ten times the request, so that a forged sender address gains
  /// nothing worth having.
  @inlinable
  public static func mayAnswer(reply: Int, to request: Int) -> Bool {
    reply + datagrams(reply) * headerSize <= max(datagramSize, 10 * request)
  }
}
