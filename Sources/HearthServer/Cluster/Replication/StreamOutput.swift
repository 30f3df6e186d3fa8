import Glibc
import HearthCluster

/// Frames of a stream that are being written. The keeper's own.
struct StreamOutput: ~Copyable {
  /// A frame of entries is closed when it has so many bytes.
  static let frameLimit = 24 << 10

  private(set) var bytes: UnsafeMutableRawPointer
  private(set) var used = 0
  /// Bytes of frames before them.
  private var sent: UInt64 = 0
  private var capacity: Int
  /// Where the frame of entries that is being written begins; -1: none is.
  private var open = -1

  init() {
    capacity = 64
    bytes = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit { bytes.deallocate() }

  /// Room for `count` bytes, which are written by the caller.
  mutating func space(_ count: Int) -> UnsafeMutableRawPointer {
    if used + count > capacity {
      let larger = max(used + count, capacity * 2)
      let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
      memcpy(moved, bytes, used)
      bytes.deallocate()
      bytes = moved
      capacity = larger
    }
    let start = bytes + used
    used += count
    return start
  }

  /// Bytes that were ever written.
  var written: UInt64 { sent &+ UInt64(used) }

  /// Is a frame of entries being written?
  var isOpen: Bool { open >= 0 }

  /// Begins a frame of entries, if none is open; entries are written to `space`.
  mutating func openEntries() {
    if open >= 0 { return }
    open = used
    _ = space(PeerFrame.headerSize + 8)
  }

  /// The frame of entries has become large.
  var isFull: Bool { open >= 0 && used - open > Self.frameLimit }

  /// Completes the frame of entries: with them the receiver has everything up to `position`.
  mutating func closeEntries(stream: UInt64, position: UInt64) {
    if open < 0 { return }
    let frame = bytes + open
    PeerFrame(.entries, id: stream, length: used - open - PeerFrame.headerSize).write(to: frame)
    frame.storeBytes(of: position.littleEndian, toByteOffset: PeerFrame.headerSize, as: UInt64.self)
    open = -1
  }

  /// A frame with these bytes.
  mutating func append(
    _ kind: PeerFrame.Kind, id: UInt64 = 0, flags: UInt8 = 0, _ payload: UnsafeRawBufferPointer
  ) {
    let start = space(PeerFrame.headerSize + payload.count)
    PeerFrame(kind, id: id, flags: flags, length: payload.count).write(to: start)
    if let source = payload.baseAddress { memcpy(start + PeerFrame.headerSize, source, payload.count) }
  }

  /// A frame with one number.
  mutating func append(_ kind: PeerFrame.Kind, id: UInt64, number: UInt64) {
    var number = number.littleEndian
    withUnsafeBytes(of: &number) { append(kind, id: id, $0) }
  }

  /// What was written is sent.
  mutating func removeAll() {
    sent &+= UInt64(used)
    used = 0
    open = -1
    if capacity > 1 << 20 {
      bytes.deallocate()
      capacity = 4096
      bytes = .allocate(byteCount: capacity, alignment: 16)
    }
  }
}
