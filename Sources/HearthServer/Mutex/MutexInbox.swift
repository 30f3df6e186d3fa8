import CHearth
import HearthHerd

/// What the peers of one worker are to be told, in the order in which it was decided. Any thread puts in; the worker
/// takes. A crowd costs one wake-up: only who finds the inbox empty wakes the worker.
struct MutexInbox {
  private var lock: UInt32 = 0
  private var actions: [MutexAction] = []

  /// Puts in those of the actions that are for the worker, but for what tells `sender` that it owns a key. True: it was
  /// empty, so the worker has to be woken.
  static func put(
    _ inbox: UnsafeMutablePointer<MutexInbox>, _ all: borrowing MutexActions, for worker: Int,
    except sender: UInt64
  ) -> Bool {
    hearth_lock(&inbox.pointee.lock)
    defer { hearth_unlock(&inbox.pointee.lock) }
    let wasEmpty = inbox.pointee.actions.isEmpty
    for i in 0..<all.count {
      let action = all[i]
      if MutexSession.worker(of: action.peer) != worker { continue }
      if action.peer == sender && action.kind == .own { continue }
      inbox.pointee.actions.append(action)
    }
    return wasEmpty
  }

  /// Exchanges what is there for `empty`, an empty array. The worker only.
  static func take(_ inbox: UnsafeMutablePointer<MutexInbox>, _ empty: inout [MutexAction]) {
    hearth_lock(&inbox.pointee.lock)
    defer { hearth_unlock(&inbox.pointee.lock) }
    swap(&inbox.pointee.actions, &empty)
  }

  static func isEmpty(_ inbox: UnsafeMutablePointer<MutexInbox>) -> Bool {
    hearth_lock(&inbox.pointee.lock)
    defer { hearth_unlock(&inbox.pointee.lock) }
    return inbox.pointee.actions.isEmpty
  }
}
