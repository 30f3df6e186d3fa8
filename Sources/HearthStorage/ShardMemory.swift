/// The parts of a shard that never change, for those who read bytes of segments that they keep pinned: the shard itself may
/// only be looked at under its lock.
struct ShardMemory {
  private let segments: UnsafeMutableRawPointer
  let headers: UnsafeMutablePointer<SegmentHeader>
  private let segmentShift: UInt32

  /// Under the shard's lock.
  init(of shard: UnsafeMutablePointer<Shard>) {
    segments = shard.pointee.segments
    headers = shard.pointee.headers
    segmentShift = shard.pointee.segmentShift
  }

  var segmentSize: Int { 1 &<< Int(segmentShift) }

  func base(of segment: Int) -> UnsafeMutableRawPointer { segments + segment &<< Int(segmentShift) }

  func item(_ location: UInt32) -> ItemPointer { ItemPointer(segments + Int(location) &<< 2) }
}
