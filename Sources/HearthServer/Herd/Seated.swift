/// What waits for a key without a connection of its own.
enum Seated {
  /// A request of another node.
  case frame(KeptFramePointer)
  /// A client's request that was passed on, came back, and is this node's to answer now.
  case slot(SlotPointer)
}
