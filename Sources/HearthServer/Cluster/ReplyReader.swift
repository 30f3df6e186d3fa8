import Glibc
import HearthCluster

/// Takes a link's input apart, however it was cut: headers whole, payloads of replies in the parts in which they come.
struct ReplyReader {
  /// The frame whose payload is coming.
  private(set) var frame = PeerFrame(.reply)
  /// Bytes of it that are still to come.
  private var left = 0
  private var header = InlineArray<16, UInt8>(repeating: 0)
  private var headerCount = 0
  /// The payload of a frame of the handshake, which is handed over whole.
  private var collected: [UInt8] = []

  private mutating func begin(_ read: PeerFrame) {
    frame = read
    left = Int(read.length)
    if !collected.isEmpty { collected.removeAll() }
  }

  /// The frame says what becomes of a request before it is answered.
  var isNotice: Bool { frame.kind == .parked || frame.kind == .lease }

  enum Part {
    /// Some of a reply; `isEnd`: nothing of this frame follows.
    case reply(UnsafeRawBufferPointer, isEnd: Bool)
    /// A whole frame of another kind.
    case other([UInt8])
    /// More input is needed.
    case nothing
    /// That is no frame.
    case wrong
  }

  /// The next part of the input from `offset` on, which moves.
  mutating func next(_ input: UnsafeRawBufferPointer, _ offset: inout Int) -> Part {
    if headerCount == 0, input.count - offset >= PeerFrame.headerSize {
      guard let read = PeerFrame(input.baseAddress.unsafelyUnwrapped + offset) else { return .wrong }
      offset += PeerFrame.headerSize
      headerCount = PeerFrame.headerSize
      begin(read)
    } else if headerCount < PeerFrame.headerSize {
      while headerCount < PeerFrame.headerSize, offset < input.count {
        header[headerCount] = input[offset]
        headerCount += 1
        offset += 1
      }
      guard headerCount == PeerFrame.headerSize else { return .nothing }
      guard let read = withUnsafeBytes(of: header, { PeerFrame($0.baseAddress.unsafelyUnwrapped) }) else {
        return .wrong
      }
      begin(read)
    }
    let count = min(left, input.count - offset)
    let part = UnsafeRawBufferPointer(rebasing: input[offset..<offset + count])
    offset += count
    left -= count
    let isEnd = left == 0
    if isEnd { headerCount = 0 }
    if frame.kind == .reply { return count > 0 || isEnd ? .reply(part, isEnd: isEnd) : .nothing }
    collected += part
    return isEnd ? .other(collected) : .nothing
  }
}
