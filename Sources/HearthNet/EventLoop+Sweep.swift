import CHearth
import Glibc

extension EventLoop {
  /// Connections looked at per tick, so that ten thousand idle ones cost no long callback.
  static let sweepLength = 500
  /// Seconds that a connection may hold buffers without moving a byte while the budget is used up.
  static let stallTimeout: UInt32 = 10
  /// Seconds after which a large value that stands still half-way gives its memory back, and its connection ends.
  static let bodyTimeout: UInt32 = 60

  /// Looks at some connections: closes idle and stalled ones, lets paused ones read again. No timer per
  /// connection: at ten ticks a second every one of 10,000 is seen every two seconds.
  static func sweep(_ loop: UnsafeMutablePointer<EventLoop>) {
    let now = loop.pointee.seconds
    let exhausted = loop.pointee.budget.isExhausted
    if exhausted { loop.pointee.grace = 1 } else { loop.pointee.grace = 0 }
    var resumed = 0
    var left = min(sweepLength, loop.pointee.connectionCount)
    while left > 0 {
      guard let c = loop.pointee.sweepCursor ?? loop.pointee.first else { return }
      loop.pointee.sweepCursor = c.pointee.next
      left -= 1
      let idle = now &- c.pointee.lastActivity
      let mayBeSilent = c.pointee.mayBeSilent || c.pointee.isParked
      if loop.pointee.idleTimeout != 0, idle > loop.pointee.idleTimeout, !mayBeSilent {
        if isUnused(c, loop) {
          loop.pointee.counters.idleClosed &+= 1
          Connection.close(c)
        }
      } else if exhausted, idle > stallTimeout, c.pointee.heldBytes > 0 || c.pointee.receivesDirectly {
        if isUnused(c, loop) {
          loop.pointee.counters.stalledClosed &+= 1
          Connection.close(c)
        }
      } else if c.pointee.receivesDirectly, idle > bodyTimeout {
        if isUnused(c, loop) {
          loop.pointee.counters.stalledClosed &+= 1
          Connection.close(c)
        }
      } else if c.pointee.isPaused, !c.pointee.inputHasEnded, !exhausted || resumed == 0 {
        // While the budget is used up one connection per tick gets on: nobody waits for ever.
        Connection.resume(c)
        resumed += 1
      }
    }
  }

  /// The connection has no part in the round that is being collected (the tick comes among the callbacks).
  private static func isUnused(
    _ c: UnsafeMutablePointer<Connection>, _ loop: UnsafeMutablePointer<EventLoop>
  ) -> Bool {
    for i in 0..<loop.pointee.pendingCount where loop.pointee.pending[i].connection == c { return false }
    return true
  }
}
