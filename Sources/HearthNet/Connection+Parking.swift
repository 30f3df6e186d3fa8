import CHearth
import CLibevent
import Glibc

/// Parked connections: they wait for something in the layer above. Nothing is read from them, so that what they
/// send meanwhile stays in the kernel; only their end is noticed, and that output before it goes out.
extension Connection {
  /// Parks the connection from the end of this round on.
  public static func park(_ c: UnsafeMutablePointer<Connection>) {
    c.pointee.isParked = true
    c.pointee.hasMoreInput = false
  }

  /// What it waited for is there: what was saved of its input is executed in the next round.
  public static func unpark(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    c.pointee.isParked = false
    c.pointee.hasMoreInput = true
    // It did not idle, it was kept waiting.
    c.pointee.lastActivity = loop.pointee.seconds
    // With output still to be sent the input has its turn after it.
    if c.pointee.isWriting { return }
    rearm(c, Int32(EV_READ))
    loop.pointee.enqueueTurn(c)
  }

  /// Waits for room to write, else for the end of the connection. Edge-triggered: input that lies there unread must
  /// not wake the loop again and again.
  static func waitParked(_ c: UnsafeMutablePointer<Connection>) {
    let hasOutput = !c.pointee.output.isEmpty
    c.pointee.isWriting = hasOutput
    rearm(c, Int32(hasOutput ? EV_WRITE : EV_READ | EV_CLOSED | EV_ET))
  }

  /// Something happened to a parked connection without output: is it its end?
  static func parkedIsReady(_ c: UnsafeMutablePointer<Connection>, _ what: Int16) {
    guard Int32(what) & Int32(EV_CLOSED) != 0 || SystemCalls.hasEnded(c.pointee.descriptor) else { return }
    c.pointee.wasEndedByPeer = true
    if c.pointee.awaitsReplies { endInput(c) } else { close(c) }
  }
}
