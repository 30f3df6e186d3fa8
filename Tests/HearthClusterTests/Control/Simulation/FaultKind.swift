/// What goes wrong in a simulation.
enum FaultKind: CaseIterable {
  /// A connection is reset; both ends notice.
  case reset
  /// Two nodes are cut from each other, silently, for a while. Both see the store.
  case cut
  /// A node is cut from all others, silently; the store it may see or not.
  case isolation
  /// A node and the store are cut from all others, silently.
  case split
  /// The store is away.
  case outage
  /// A node ends and starts again, with empty memory.
  case crash
  /// The same, but its memory is there when it starts again.
  case restart
  /// A node's machine fails: nobody is told.
  case powerCut
  /// A process is stopped for a while.
  case pause
  /// A wall clock is set.
  case clockStep
  /// An operator asks for something.
  case command
  /// An operator wants another map.
  case change
}
