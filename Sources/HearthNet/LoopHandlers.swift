/// What the layer above does at the loop's moments. Plain C functions and one pointer: a call costs two
/// nanoseconds and nothing is retained.
public struct LoopHandlers {
  /// Handed to every function.
  public var context: UnsafeMutableRawPointer
  /// Input was received: `pending` holds the connections of the round, in order.
  public var round: @convention(c) (_ context: UnsafeMutableRawPointer) -> Void
  /// A connection begins: set up its session.
  public var opened: @convention(c) (_ context: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer) -> Void
  /// A connection ends: free what its session owns.
  public var closing:
    @convention(c) (_ context: UnsafeMutableRawPointer, _ c: UnsafeMutableRawPointer) -> Void
  /// Ten times a second.
  public var tick: @convention(c) (_ context: UnsafeMutableRawPointer) -> Void
  /// The time that `setAlarm` named has come.
  public var alarm: @convention(c) (_ context: UnsafeMutableRawPointer) -> Void
  /// The time that `setFineAlarm` named has come.
  public var fineAlarm: @convention(c) (_ context: UnsafeMutableRawPointer) -> Void
  /// A message of the layer above.
  public var message:
    @convention(c) (
      _ context: UnsafeMutableRawPointer, _ kind: Int, _ number: Int, _ p: UnsafeMutableRawPointer?
    ) ->
      Void

  /// The handlers of one loop.
  public init(
    context: UnsafeMutableRawPointer,
    round: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void,
    opened: @escaping @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void,
    closing: @escaping @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void,
    tick: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void,
    alarm: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void,
    fineAlarm: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void,
    message: @escaping @convention(c) (UnsafeMutableRawPointer, Int, Int, UnsafeMutableRawPointer?) -> Void
  ) {
    self.context = context
    self.round = round
    self.opened = opened
    self.closing = closing
    self.tick = tick
    self.alarm = alarm
    self.fineAlarm = fineAlarm
    self.message = message
  }
}
