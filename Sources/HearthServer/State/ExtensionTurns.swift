import CHearth

/// Whose turn it is to rewrite a large value. The copy is made outside the lock of the key's shard, and is in vain when
/// the key changed meanwhile; without turns a slow writer can lose to faster ones again and again. Keys share a few
/// words by their hash. A turn is held for one copy, never while a client is waited for.
struct ExtensionTurns {
  private static let count = 64
  /// Words to a turn: a cache line.
  private static let stride = 16
  /// Lives as long as the process.
  private let words: UnsafeMutablePointer<UInt32>

  init() {
    words = .allocate(capacity: Self.count * Self.stride)
    words.initialize(repeating: 0, count: Self.count * Self.stride)
  }

  /// Runs `body` when no other worker rewrites the key. No lock may be held.
  func take<R>(_ hash: UInt64, _ body: () -> R) -> R {
    let word = words + Int(truncatingIfNeeded: hash % UInt64(Self.count)) * Self.stride
    hearth_lock(word)
    defer { hearth_unlock(word) }
    return body()
  }
}
