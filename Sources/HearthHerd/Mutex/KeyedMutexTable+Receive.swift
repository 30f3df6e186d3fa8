/// The whole conversation of a peer with the table.
extension KeyedMutexTable {
  /// Handles what a peer sent: O(1) for each key and byte. Among the actions are the peer's own messages
  /// (those with its `id`): they have been applied to it and are only to be sent; those of others are applied
  /// when they arrive there. False: close the peer's connection after what the actions send to it; its claim
  /// has ended.
  public mutating func receive(
    _ input: UnsafeRawBufferPointer, from peer: inout KeyedMutexPeer, _ id: UInt64, now: UInt64,
    _ actions: inout MutexActions
  ) -> Bool {
    var offset = 0
    while true {
      switch peer.next(input, &offset, now: now) {
      case .more: return peer.state != .closed
      case .release: release(peer.claim, now: now, &actions)
      case .releaseAndClose:
        release(peer.claim, now: now, &actions)
        return false
      case .acquire(let key):
        switch acquire(key, by: id, now: now, &actions) {
        case .owner(let claim):
          peer.owns(claim)
          actions.append(MutexAction(kind: .own, peer: id, claim: claim))
        case .waits(let claim): peer.waits(claim)
        case .refused:
          peer.close()
          return false
        }
      }
    }
  }
}
