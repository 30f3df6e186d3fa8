/// What controls tell each other. All but a view carry the number of the sender's view; a lower one than the receiver's is
/// refused and answered with the receiver's view.
public enum ControlMessage: Sendable {
  /// The sender's view. First on each link, and whenever it changes.
  case view(View)
  /// Sent at an even pace: life, leases, clocks.
  case pulse(Pulse)
  /// Asks for the receiver's stream.
  case follow(FollowRequest)
  /// Answers that.
  case followed(view: UInt64, FollowAnswer)
  /// Asks how far the receiver's stream went before it learnt the view.
  case drain(view: UInt64)
  /// Answers that.
  case drained(view: UInt64, DrainAnswer)
  /// The sender acknowledges nothing beyond the sequence without the receiver while its view is this one.
  case promise(view: UInt64, sequence: UInt64)
  /// Asks the receiver to walk, within the stream, over what the sender gains of its keys.
  case gain(view: UInt64, stream: UInt64)
  /// The walk has begun.
  case giving(view: UInt64, stream: UInt64)
  /// Without a store: asks the receiver, whose file decides, to make this the next view.
  case proposal(View, expecting: UInt64)
  /// The sender lives and will close this link because it heard nothing.
  case farewell(view: UInt64)

  /// Number of the sender's view.
  var view: UInt64 {
    switch self {
    case .view(let view): view.number
    case .pulse(let pulse): pulse.view
    case .follow(let request): request.view
    case .followed(let view, _), .drain(let view), .drained(let view, _), .promise(let view, _),
      .gain(let view, _), .giving(let view, _), .farewell(let view):
      view
    case .proposal(_, let expecting): expecting
    }
  }
}
