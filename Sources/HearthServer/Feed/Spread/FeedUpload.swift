import HearthCluster
import HearthFeed
import HearthStorage

/// A feed's large value that arrives in parts. Its worker's own.
final class FeedUpload {
  /// Names it, for who sends it.
  let number: UInt64
  private let mutation: FeedMutation
  private let key: [UInt8]
  private let writes: FeedWrites
  private var writer: LargeWriter?
  private var written = 0

  /// Reserves memory for it.
  init(_ w: WorkerPointer, _ number: UInt64, _ mutation: FeedMutation, _ key: UnsafeRawBufferPointer) {
    self.number = number
    self.mutation = mutation
    self.key = Array(key)
    writes = FeedWrites(server: w.pointee.server)
    let pool = w.pointee.pools.pools[Int(mutation.pool)].pool
    writer = pool.beginLarge(
      Key(key.baseAddress.unsafelyUnwrapped, key.count), length: Int(mutation.valueLength),
      now: writes.now)
  }

  /// Takes the next part, and stores the value with the last. Nil: that is not the next part.
  func add(_ part: UnsafeRawBufferPointer, at offset: Int) -> FeedEffect? {
    let length = Int(mutation.valueLength)
    guard offset == written, part.count > 0, offset + part.count <= length else { return nil }
    let pool = Int(mutation.pool)
    guard var writer = writer.take(), LargeBody.fill(&writer, part) else {
      return key.withUnsafeBytes { FeedEffect(writes.refuse(pool, $0)) }
    }
    written += part.count
    if written < length {
      self.writer = consume writer
      return .partTaken
    }
    var complete: LargeWriter? = consume writer
    return key.withUnsafeBytes { key in
      guard let writer = complete.take() else { return nil }
      return FeedEffect(writes.store(pool, key, writer, mutation.flags, mutation.ttl))
    }
  }
}

extension FeedEffect {
  /// How storing ended.
  init(_ outcome: FeedStoreOutcome) {
    switch outcome {
    case .stored, .sent: self = .stored
    case .noMemory: self = .noMemory
    case .tooLarge: self = .tooLarge
    }
  }

  /// What was found; `equal`: that value.
  init(_ found: FeedComparison) {
    switch found {
    case .equal: self = .equal
    case .different: self = .foundDifferent
    case .missing: self = .foundMissing
    }
  }
}
