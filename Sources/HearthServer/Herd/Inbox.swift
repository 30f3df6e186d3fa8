import CHearth
import HearthNet

/// Things that other threads leave for a worker. One wake for all that come until it looks. The state lives behind a
/// pointer for the life of the process.
struct Inbox<Element: BitwiseCopyable> {
  private struct State {
    var lock: UInt32 = 0
    var elements: UnsafeMutablePointer<Element>
    var count = 0
    var capacity = 64
  }

  private let state: UnsafeMutablePointer<State>

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State(elements: .allocate(capacity: 64)))
  }

  /// Any thread. True: the owner has to be woken.
  func put(_ element: Element) -> Bool {
    hearth_lock(&state.pointee.lock)
    defer { hearth_unlock(&state.pointee.lock) }
    let count = state.pointee.count
    if count == state.pointee.capacity {
      let larger = UnsafeMutablePointer<Element>.allocate(capacity: count * 2)
      larger.moveInitialize(from: state.pointee.elements, count: count)
      state.pointee.elements.deallocate()
      state.pointee.elements = larger
      state.pointee.capacity = count * 2
    }
    (state.pointee.elements + count).initialize(to: element)
    state.pointee.count = count + 1
    return count == 0
  }

  /// Shows everything that is there, oldest first, with no lock held. The owner only.
  func takeAll(_ body: (Element) -> Void) {
    hearth_lock(&state.pointee.lock)
    let (elements, count) = (state.pointee.elements, state.pointee.count)
    state.pointee.elements = .allocate(capacity: 64)
    state.pointee.count = 0
    state.pointee.capacity = 64
    hearth_unlock(&state.pointee.lock)
    for i in 0..<count { body(elements[i]) }
    elements.deallocate()
  }
}
