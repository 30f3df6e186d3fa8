import Glibc

/// Frames of a stream that are arriving. It is received in larger pieces than a client's requests, straight to here. The keeper's own.
struct StreamInput: ~Copyable {
  private static let capacity = 256 << 10
  private var memory: UnsafeMutableRawPointer?
  private(set) var used = 0

  deinit { memory?.deallocate() }

  /// Room for what arrives; there is always some, because what is left over is less than a frame.
  mutating func space() -> UnsafeMutableRawBufferPointer {
    let start = memory ?? .allocate(byteCount: Self.capacity, alignment: 16)
    memory = start
    return UnsafeMutableRawBufferPointer(start: start + used, count: Self.capacity - used)
  }

  /// What has arrived elsewhere, less than a round's.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    let count = min(bytes.count, Self.capacity - used)
    if let source = bytes.baseAddress, let target = space().baseAddress { memcpy(target, source, count) }
    used += count
  }

  /// So many bytes have arrived.
  mutating func advance(_ count: Int) { used += count }

  /// What is there. Valid until it changes.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory, count: used) }

  /// The first bytes were dealt with.
  mutating func consume(_ count: Int) {
    used -= count
    if used > 0, count > 0, let memory { memmove(memory, memory + count, used) }
  }

  /// The connection is another one. The memory goes, too.
  mutating func removeAll() {
    used = 0
    memory?.deallocate()
    memory = nil
  }
}
