/// What the control of a node wants done, in this order. `persist` and `publish` come before everything of the same call.
public enum ControlAction: Sendable {
  /// Make durable before going on.
  case persist(DurableState)
  /// What the data path goes by from now on. It returns when nobody acts by the one before any more (each shard's lock
  /// was free once): only then are sequences read again for the next call.
  case publish(Decision)
  /// Forget all items, records and positions; `keepsSole`: but for the items of pools that have one copy by the map. Sequences go on
  /// rising.
  case discard(keepsSole: Bool)
  /// To a peer with a link, in order with the records of its stream.
  case send(ControlMessage, to: Int)
  /// Propose the view; the answer is `ControlEvent.proposed`. With `Authority.operator` the node's own file is the store.
  case propose(View, expecting: UInt64)
  /// Send the peer all records beyond `after` of keys that it owns, marked with `stream`.
  case feed(peer: Int, stream: UInt64, after: UInt64)
  /// The same from now on, with a walk over all items that have this node as primary and the peer as owner, and its end. With
  /// `isRefresh` nothing is acknowledged before that: the peer is ready and has less than it needs.
  case snapshot(peer: Int, stream: UInt64, isRefresh: Bool)
  /// Walk, within the peer's stream, over all items that have this node as primary and the peer as owner by the map that is to be, but not
  /// by the map; then its end. Anew if such a walk is under way.
  case give(peer: Int, stream: UInt64)
  /// Such a walk of the peer comes: its end has not come yet.
  case expectWalk(peer: Int)
  /// Remove, as copies, all items that this node does not own by the map, at leisure; `DataState.purged` tells the end.
  case purge(UInt64)
  /// Send the peer no more records.
  case stopFeeding(peer: Int)
  /// Apply the peer's records marked with `stream`, and only those; its records up to `after` are here.
  case accept(peer: Int, stream: UInt64, after: UInt64)
  /// Apply the peer's stream, which replaces what is here of the keys whose primary it is: at the end of the walk those that
  /// were not in it go. Until then nothing is acknowledged and the position stays.
  case refresh(peer: Int, stream: UInt64)
  /// Apply no more records of the peer. The position stays.
  case ignore(peer: Int)
  /// Close the link; messages that came over it are not delivered any more.
  case closeLink(peer: Int)
  /// Items of copies expire by the clock of this node plus so many milliseconds. Comes while the node is not ready.
  case setClock(shift: Int64)
  /// Role of the node in its pairs, for keepalived.
  case setRole(Int)
  /// For the operator.
  case log(String)
}
