/// Actions that a table asks its caller to do, oldest first. The caller keeps one per thread, hands it to the
/// table under the table's lock, carries the actions out after the lock is gone, and empties it. It allocates
/// only when more actions come at once than ever before.
public struct ActionBuffer<Action: BitwiseCopyable>: ~Copyable {
  private static var kept: Int { 1024 }

  private var actions: UnsafeMutablePointer<Action>
  private var capacity: Int
  /// Number of actions.
  public private(set) var count = 0

  /// An empty buffer with room for a few.
  public init() {
    capacity = 16
    actions = .allocate(capacity: capacity)
  }

  deinit { actions.deallocate() }

  /// Nothing is to be done.
  public var isEmpty: Bool { count == 0 }

  /// The action at that place, 0 the oldest.
  public subscript(index: Int) -> Action {
    precondition(index >= 0 && index < count)
    return actions[index]
  }

  /// Forgets all actions. Memory that a crowd needed once is given back.
  public mutating func removeAll() {
    count = 0
    if capacity > Self.kept { resize(to: Self.kept) }
  }

  mutating func append(_ action: Action) {
    if count == capacity { resize(to: capacity * 2) }
    (actions + count).initialize(to: action)
    count += 1
  }

  private mutating func resize(to capacity: Int) {
    let other = UnsafeMutablePointer<Action>.allocate(capacity: capacity)
    other.update(from: actions, count: count)
    actions.deallocate()
    actions = other
    self.capacity = capacity
  }
}
