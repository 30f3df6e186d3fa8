import CHearth

/// The bytes of a large value, readable without a lock until `release()` is called, which must happen exactly
/// once. The item may change or go meanwhile; these bytes stay.
public struct PinnedValue {
  /// Length of the value, bytes.
  public let length: Int
  private let shard: UnsafeMutablePointer<Shard>
  private let memory: ShardMemory
  let descriptor: LargeDescriptor
  /// Where the last piece was found, so that reading forward does not walk the chain again.
  private var cursorNumber = 0
  private var cursorSegment: UInt32

  /// Under the shard's lock.
  init(pinning descriptor: LargeDescriptor, length: Int, in shard: UnsafeMutablePointer<Shard>) {
    self.length = length
    self.shard = shard
    memory = ShardMemory(of: shard)
    self.descriptor = descriptor
    cursorSegment = descriptor.firstSegment
    if descriptor.segmentCount > 0 { shard.pointee.headers[Int(descriptor.firstSegment)].pins += 1 }
    for i in 0..<Int(descriptor.partCount) {
      shard.pointee.headers[shard.pointee.segmentNumber(descriptor.part(i))].pins += 1
    }
  }

  /// The contiguous bytes from `offset` on; empty at the end.
  public mutating func piece(at offset: Int) -> UnsafeRawBufferPointer {
    if offset >= length { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let size = memory.segmentSize
    let wholes = Int(descriptor.segmentCount)
    let number = offset / size
    if number < wholes {
      if number < cursorNumber { (cursorNumber, cursorSegment) = (0, descriptor.firstSegment) }
      while cursorNumber < number {
        cursorSegment = memory.headers[Int(cursorSegment)].next
        cursorNumber += 1
      }
      let within = offset % size
      return UnsafeRawBufferPointer(
        start: memory.base(of: Int(cursorSegment)) + within, count: size - within)
    }
    var within = offset - wholes * size
    var part = memory.item(descriptor.part(0))
    var i = 0
    while within >= part.valueLength {
      within -= part.valueLength
      i += 1
      part = memory.item(descriptor.part(i))
    }
    return UnsafeRawBufferPointer(start: part.partData + within, count: part.valueLength - within)
  }

  /// Lets the bytes go.
  public func release() {
    hearth_lock(Pool.lockWord(shard))
    for i in 0..<Int(descriptor.partCount) {
      shard.pointee.unpin(shard.pointee.segmentNumber(descriptor.part(i)))
    }
    if descriptor.segmentCount > 0 { shard.pointee.unpin(Int(descriptor.firstSegment)) }
    hearth_unlock(Pool.lockWord(shard))
  }
}
