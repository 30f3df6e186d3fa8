import CHearth
import HearthFeed
import HearthProtocol

/// What requests must know of a pool that a feed fills. Lives at a fixed address as long as the process; its state is one
/// word that the feed's thread changes while workers read it.
struct FedPool {
  /// Percent loaded, `ready`, or `failed`.
  private var state: UInt64
  /// Name of the pool.
  let name: String
  /// Name of the feed.
  let feed: String
  /// Keys that it writes.
  private let shapes: [KeyShape]
  /// A miss is an answer, so there must be no false ones, and clients may not change the keys of the feed.
  let isDeterministic: Bool

  private static let ready: UInt64 = 100
  private static let failed: UInt64 = 101

  init(name: String, feed: String, shapes: [KeyShape], isDeterministic: Bool) {
    state = 0
    self.name = name
    self.feed = feed
    self.shapes = shapes
    self.isDeterministic = isDeterministic
  }

  static func set(_ pool: UnsafeMutablePointer<FedPool>, _ readiness: FeedReadiness) {
    let word: UInt64
    switch readiness {
    case .ready: word = ready
    case .loading(let percent): word = UInt64(min(max(percent, 0), 99))
    case .failed: word = failed
    }
    hearth_atomic_store64(&pool.pointee.state, word)
  }

  /// Reads are answered from what is there.
  static func isReady(_ pool: UnsafeMutablePointer<FedPool>) -> Bool {
    hearth_atomic_load64(&pool.pointee.state) == ready
  }

  /// `loading 43%`, or `failed`.
  static func stateText(_ pool: UnsafeMutablePointer<FedPool>) -> String {
    switch hearth_atomic_load64(&pool.pointee.state) {
    case ready: "ready"
    case failed: "failed"
    case let percent: "loading \(percent)%"
    }
  }

  /// Why a request has to be refused: it would read from a deterministic pool that is not complete, where a miss might be a
  /// lie, or change there what the feed writes.
  static func refuses(
    _ pool: UnsafeMutablePointer<FedPool>, _ request: Request, _ key: UnsafeRawPointer, _ count: Int
  )
    -> Detour?
  {
    if !pool.pointee.isDeterministic { return nil }
    if request.readsItem, !isReady(pool) { return .loading }
    if request.changesItem {
      let key = UnsafeRawBufferPointer(start: key, count: count)
      for shape in pool.pointee.shapes where shape.matches(key) { return .fed }
    }
    return nil
  }
}

extension Request {
  /// It stores, changes or removes an item.
  var changesItem: Bool {
    switch verb {
    case .set, .add, .replace, .append, .prepend, .cas, .incr, .decr, .touch, .delete, .gat, .gats, .metaSet,
      .metaDelete, .metaArithmetic:
      true
    case .metaGet: has(MetaFlag.vivify | MetaFlag.ttl | MetaFlag.explicitCAS)
    default: false
    }
  }

  /// Its answer tells whether an item is there, and so must not come from a pool that is not complete.
  var readsItem: Bool {
    switch verb {
    case .get, .gets, .gat, .gats, .metaGet, .metaDebug: true
    default: false
    }
  }
}
