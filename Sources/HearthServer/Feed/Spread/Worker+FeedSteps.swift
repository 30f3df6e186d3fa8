import HearthCluster
import HearthFeed
import HearthNet

/// What a feed that runs here does in several steps: large values, and walks over the keys of all primaries.
extension Worker {
  static func sendLarge(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ mutation: FeedMutation,
    _ ruling: RulingPointer
  ) -> Bool {
    let node = item.bytes.withUnsafeBytes { primary(w, outbox, $0, mutation, ruling) }
    guard let node, isReachable(w, outbox, node, ruling) else { return false }
    outbox.attempt.parts[node] = [0]
    if mutation.kind == .repair, item.found == nil, item.value.count <= FeedDigest.limit {
      let digest = item.value.withUnsafeBytes { FeedDigest($0) }.bytes
      var bytes: [UInt8] = []
      var check = mutation
      check.kind = .check
      check.valueLength = UInt32(digest.count)
      item.bytes.withUnsafeBytes { check.encode($0, into: &bytes) }
      bytes += digest
      if node == ruling.pointee.own {
        bytes.withUnsafeBytes { performFed(w, outbox, item, $0, ruling) }
      } else {
        beginFrame(w, outbox, item, .feed, node, ruling)
        sendFrame(w, node, bytes)
      }
      return true
    }
    if item.offset == 0 { item.upload = outbox.attempt.name }
    let part = item.offset..<min(item.offset + FeedOutbox.batchLimit, item.value.count)
    if node == ruling.pointee.own {
      var changes = FedChanges()
      let effect = item.bytes.withUnsafeBytes { key in
        item.value[part].withUnsafeBytes {
          performPart(
            w, &outbox.attempt.upload, item.upload, item.offset, mutation, key, $0, ruling, &changes)
        }
      }
      guard let effect else { return false }
      outbox.attempt.own = [effect]
      awaitOwn(w, outbox, item, changes)
      return true
    }
    var bytes: [UInt8] = []
    bytes.append(word: item.upload)
    bytes.append(word: UInt64(item.offset))
    item.bytes.withUnsafeBytes { mutation.encode($0, into: &bytes) }
    bytes += item.value[part]
    beginFrame(w, outbox, item, .feedPart, node, ruling)
    sendFrame(w, node, bytes)
    return true
  }

  static func finishLarge(_ item: FeedItem, _ effect: FeedEffect) {
    switch effect {
    case .equal: item.effects[0] = effect
    case .foundDifferent, .foundMissing:
      item.found = effect
      item.isBetweenSteps = true
    case .partTaken:
      item.offset += min(FeedOutbox.batchLimit, item.value.count - item.offset)
      item.isBetweenSteps = true
    default: item.effects[0] = effect.after(item.found ?? .none)
    }
  }

  static func walk(
    _ w: WorkerPointer, _ outbox: FeedOutbox, _ item: FeedItem, _ pool: Int, _ prefix: [UInt8],
    _ ruling: RulingPointer
  ) -> Bool {
    if item.cursor.view != ruling.pointee.view {
      // Keys may have got other primaries: from the beginning.
      item.cursor = FeedWalk()
      item.cursor.view = ruling.pointee.view
    }
    let nodes = ruling.pointee.primaries(pool: pool)
    guard let node = nodes.first(where: { $0 >= item.cursor.node }) else {
      item.goesOn = false
      item.isComplete = true
      return true
    }
    if node != item.cursor.node {
      item.cursor.node = node
      item.cursor.state = FeedWalk().state
    }
    guard isReachable(w, outbox, node, ruling) else { return false }
    let request = FeedWalkRequest(
      view: ruling.pointee.view, pool: pool, place: item.cursor.state, prefix: prefix)
    if node == ruling.pointee.own {
      guard let answer = walkFed(w, request) else { return false }
      finishWalk(answer, item)
    } else {
      beginFrame(w, outbox, item, .feedWalk, node, ruling)
      sendFrame(w, node, request.bytes)
    }
    return true
  }

  static func finishWalk(_ answer: FeedWalkAnswer, _ item: FeedItem) {
    item.keys = answer
    item.cursor.state = answer.place
    if !answer.goesOn { item.cursor.node += 1 }
    if !answer.goesOn { item.cursor.state = FeedWalk().state }
    item.isComplete = true
  }
}
