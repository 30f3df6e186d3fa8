import CHearth

@testable import HearthStorage

extension PoolHarness {
  /// Checks that index, segments, queues and accounts agree; returns what does not.
  func violations() -> [String] {
    var found: [String] = []
    let geometry = pool.state.pointee.geometry
    var segments = 0
    for i in 0..<geometry.shards {
      found += violations(of: pool.shards[i]).map { "shard \(i): \($0)" }
      segments += pool.shards[i].segmentCount
    }
    let used =
      segments * geometry.segmentSize + Int(pool.state.pointee.leafCount) * pool.state.pointee.leafBytes
      + pool.generationStatistics.bytes
    if used != pool.state.used { found.append("used \(pool.state.used), but holds \(used)") }
    return found
  }

  private func violations(of shard: borrowing Shard) -> [String] {
    var found: [String] = []
    var liveItems = 0
    var liveBytes = 0
    var free = 0
    var held = 0
    for number in 1..<Int(shard.nextVirgin) {
      let header = shard.headers[number]
      switch header.state {
      case .unused: continue
      case .free: free += 1
      case .large, .largeDying: liveBytes += shard.segmentSize
      case .open, .sealed, .scanning, .draining:
        let (items, all, bytes, problems) = census(shard, number)
        found += problems
        liveItems += items
        liveBytes += bytes
        if all != Int(header.liveItems) {
          found.append("segment \(number): \(header.liveItems) live items, counted \(all)")
        }
        if bytes != Int(header.liveBytes) {
          found.append("segment \(number): \(header.liveBytes) live bytes, counted \(bytes)")
        }
      }
      held += 1
    }
    if free != shard.freeCount { found.append("free \(shard.freeCount), counted \(free)") }
    if held != shard.segmentCount { found.append("segments \(shard.segmentCount), counted \(held)") }
    if liveItems != shard.liveItems { found.append("items \(shard.liveItems), counted \(liveItems)") }
    if liveBytes != shard.liveBytes { found.append("bytes \(shard.liveBytes), counted \(liveBytes)") }
    let indexed = entries(shard)
    if indexed != shard.liveItems {
      found.append("index has \(indexed) entries for \(shard.liveItems) items")
    }
    return found
  }

  private func census(_ shard: borrowing Shard, _ number: Int) -> (items: Int, all: Int, bytes: Int, [String])
  {
    var found: [String] = []
    var (items, all, bytes) = (0, 0, 0)
    var offset = 0
    while offset < Int(shard.headers[number].writeOffset) {
      let location = shard.location(segment: number, offset: offset)
      let item = shard.item(location)
      if !item.flags.contains(.dead) {
        all += 1
        bytes += item.size
        if !item.flags.contains(.part) {
          items += 1
          if shard.find(hash: hearth_hash(item.key, item.keyLength), location: location) == nil {
            found.append("live item at \(number):\(offset) is not indexed")
          }
        }
      }
      offset += item.size
    }
    if offset != Int(shard.headers[number].writeOffset) { found.append("segment \(number) does not parse") }
    return (items, all, bytes, found)
  }

  private func entries(_ shard: borrowing Shard) -> Int {
    var seen: Set<UInt32> = []
    var count = 0
    for entry in 0...Int(shard.directoryMask) where seen.insert(shard.directory[entry]).inserted {
      let leaf = shard.leaves + Int(shard.directory[entry]) * shard.leafBytes
      for bucket in 0..<(Leaf.buckets + Leaf.stash) {
        for i in 0..<Leaf.slots where Slot(leaf + bucket * Leaf.bucketBytes, i).tag != 0 { count += 1 }
      }
    }
    return count
  }
}
