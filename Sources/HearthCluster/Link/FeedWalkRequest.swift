/// Asks for the next of a pool's keys whose primary the receiver is: 32 bytes, and what the keys have to begin with.
public struct FeedWalkRequest: Equatable, Sendable {
  /// Number of the view that both have to go by.
  public var view: UInt64
  /// Number of the pool.
  public var pool: Int
  /// Where the walk stands; the receiver knows what it means.
  public var place: (Int, UInt64)
  /// What keys have to begin with.
  public var prefix: [UInt8]

  /// A request.
  public init(view: UInt64, pool: Int, place: (Int, UInt64), prefix: [UInt8]) {
    self.view = view
    self.pool = pool
    self.place = place
    self.prefix = prefix
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for word in [view, UInt64(pool), UInt64(bitPattern: Int64(place.0)), place.1] { bytes.append(word: word) }
    return bytes + prefix
  }

  /// Reads it; nil: it is none.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 32 else { return nil }
    view = bytes.word(at: 0)
    pool = Int(truncatingIfNeeded: bytes.word(at: 8) & 0xff)
    place = (Int(truncatingIfNeeded: Int64(bitPattern: bytes.word(at: 16))), bytes.word(at: 24))
    prefix = Array(bytes[32...])
  }

  /// The same request.
  public static func == (a: FeedWalkRequest, b: FeedWalkRequest) -> Bool {
    a.view == b.view && a.pool == b.pool && a.place == b.place && a.prefix == b.prefix
  }
}

/// Keys of a walk: a byte of `FeedAnswer`, a byte whether there are more, 16 bytes where the walk stands, and the keys, each behind a
/// byte with its length.
public struct FeedWalkAnswer: Sendable {
  /// There are more.
  public var goesOn: Bool
  /// Where the walk stands.
  public var place: (Int, UInt64)
  /// The keys, each behind a byte with its length.
  public var keys: [UInt8] = []

  /// An answer without keys.
  public init(place: (Int, UInt64), goesOn: Bool) {
    self.place = place
    self.goesOn = goesOn
  }

  /// Adds a key of at most 250 bytes.
  public mutating func add(_ key: UnsafeRawBufferPointer) {
    keys.append(UInt8(truncatingIfNeeded: key.count))
    keys.append(contentsOf: key)
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = [FeedAnswer.taken, goesOn ? 1 : 0]
    bytes.append(word: UInt64(bitPattern: Int64(place.0)))
    bytes.append(word: place.1)
    return bytes + keys
  }

  /// Reads it; nil: it is none, or the node could not walk.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 18, bytes[0] == FeedAnswer.taken else { return nil }
    goesOn = bytes[1] != 0
    place = (Int(truncatingIfNeeded: Int64(bitPattern: bytes.word(at: 2))), bytes.word(at: 10))
    keys = Array(bytes[18...])
  }

  /// Runs `body` on each key.
  public func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
    keys.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let end = min(offset + 1 + Int(bytes[offset]), bytes.count)
        body(UnsafeRawBufferPointer(rebasing: bytes[offset + 1..<end]))
        offset = end
      }
    }
  }
}
