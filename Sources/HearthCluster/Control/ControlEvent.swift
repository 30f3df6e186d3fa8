/// What the control of a node is told.
public enum ControlEvent: Sendable {
  /// Time has passed (see `ClusterControl.nextTick`), or the data path has come to where something follows.
  case tick
  /// A link to a peer is there, and both ends know who the other is.
  case linkOpened(peer: Int)
  /// A link is gone. `byPeer`: the peer's own kernel said so (FIN or RST), so that everything the peer was granted over it
  /// is given up; false for a time-out.
  case linkClosed(peer: Int, byPeer: Bool)
  /// A peer's message. In the order of the link, and in one order with the records of the peer's stream.
  case received(ControlMessage, from: Int)
  /// The store has, or a peer's file had, this view.
  case viewSeen(View)
  /// What became of the last `propose`.
  case proposed(ProposalOutcome)
  /// An operator's wish.
  case command(ControlCommand)
}
