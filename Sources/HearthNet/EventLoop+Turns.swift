import CHearth

/// Turns: what a connection could not bring into a round waits here, in order, and goes first in the next one. Without
/// it the kernel's order would let a few that pipeline without end keep all others waiting.
extension EventLoop {
  /// Puts the connection at the end of the queue.
  mutating func enqueueTurn(_ c: UnsafeMutablePointer<Connection>) {
    if c.pointee.waitsForTurn { return }
    c.pointee.waitsForTurn = true
    c.pointee.nextWaiting = nil
    counters.yields &+= 1
    if let lastWaiting { lastWaiting.pointee.nextWaiting = c } else { firstWaiting = c }
    lastWaiting = c
  }

  /// Takes a connection that ends out of the queue.
  mutating func removeTurn(_ c: UnsafeMutablePointer<Connection>) {
    if !c.pointee.waitsForTurn { return }
    var previous: UnsafeMutablePointer<Connection>?
    var next = firstWaiting
    while let n = next, n != c {
      previous = n
      next = n.pointee.nextWaiting
    }
    // Not found: it is being served.
    if next == nil { return }
    if let previous {
      previous.pointee.nextWaiting = c.pointee.nextWaiting
    } else {
      firstWaiting = c.pointee.nextWaiting
    }
    if lastWaiting == c { lastWaiting = previous }
    c.pointee.waitsForTurn = false
  }

  /// Gives those that waited their place in the round that begins. Who finds no room again waits on.
  static func serveTurns(_ loop: UnsafeMutablePointer<EventLoop>) {
    var next = loop.pointee.firstWaiting
    loop.pointee.firstWaiting = nil
    loop.pointee.lastWaiting = nil
    while let c = next {
      next = c.pointee.nextWaiting
      c.pointee.waitsForTurn = false
      if c.pointee.isWriting || c.pointee.isPaused || c.pointee.isParked { continue }
      if c.pointee.hasMoreInput { Connection.resumeInput(c) } else { Connection.receive(c) }
    }
  }
}
