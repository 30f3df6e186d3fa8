import HearthHerd

/// Where a request waits for its key that was passed on, or came back.
enum SlotWait {
  /// At another node, by the link to it and the request's number there.
  case there(LinkPointer, UInt64)
  /// There too, and that node was asked not to let it wait any longer.
  case released(LinkPointer, UInt64)
  /// Here: by its place in the queue of the key with this hash.
  case here(WaitTicket, UInt64)
}
