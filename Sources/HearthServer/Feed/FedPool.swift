import CHearth
import HearthFeed
import HearthProtocol

/// What requests must know of a pool that feeds fill. Lives at a fixed address as long as the process; its state is a word for each
/// feed that the feed's thread changes while workers read it.
struct FedPool {
  /// Percent loaded, `ready`, or `failed`: of each feed.
  private let states: UnsafeMutablePointer<UInt64>
  /// Numbers of the feeds in the configuration, in the order of `states`.
  private let numbers: [Int]
  /// Name of the pool.
  let name: String
  /// Names of the feeds.
  let feed: String
  /// Keys that they write.
  private let shapes: [KeyShape]
  /// A miss is an answer, so there must be no false ones, and clients may not change the keys of the feed.
  let isDeterministic: Bool

  static let ready: UInt64 = 100
  private static let failed: UInt64 = 101

  /// - Parameter feeds: Numbers and names of those that fill it.
  init(name: String, feeds: [(number: Int, name: String)], shapes: [KeyShape], isDeterministic: Bool) {
    states = .allocate(capacity: feeds.count)
    states.initialize(repeating: 0, count: feeds.count)
    numbers = feeds.map(\.number)
    self.name = name
    feed = feeds.map(\.name).joined(separator: ", ")
    self.shapes = shapes
    self.isDeterministic = isDeterministic
  }

  static func set(_ pool: UnsafeMutablePointer<FedPool>, feed number: Int, _ readiness: FeedReadiness) {
    set(pool, feed: number, word: word(readiness))
  }

  /// The same by the word for it.
  static func set(_ pool: UnsafeMutablePointer<FedPool>, feed number: Int, word: UInt64) {
    guard let index = pool.pointee.numbers.firstIndex(of: number) else { return }
    hearth_atomic_store64(pool.pointee.states + index, word)
  }

  /// What stands for it in the pool's state.
  static func word(_ readiness: FeedReadiness) -> UInt64 {
    switch readiness {
    case .ready: ready
    case .loading(let percent): UInt64(min(max(percent, 0), 99))
    case .failed: failed
    }
  }

  /// Reads are answered from what is there: every feed has brought all.
  static func isReady(_ pool: UnsafeMutablePointer<FedPool>) -> Bool {
    for i in pool.pointee.numbers.indices where hearth_atomic_load64(pool.pointee.states + i) != ready {
      return false
    }
    return true
  }

  /// `loading 43%`, or `failed`: of the feed that has most to do.
  static func stateText(_ pool: UnsafeMutablePointer<FedPool>) -> String {
    let states = pool.pointee.numbers.indices.map { hearth_atomic_load64(pool.pointee.states + $0) }
    if states.contains(failed) { return "failed" }
    let least = states.min() ?? ready
    return least == ready ? "ready" : "loading \(least)%"
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
