import CHearth
import CLibevent
import Glibc

/// libevent's callback for every connection: receives what is there into the loop's staging area and leaves the
/// rest to the round. A free function, so that nothing about it is isolated to an actor.
func connectionIsReady(_ descriptor: Int32, _ what: Int16, _ argument: UnsafeMutableRawPointer?) {
  let c = argument.unsafelyUnwrapped.assumingMemoryBound(to: Connection.self)
  if c.pointee.isWriting {
    // One or the other, because each may end the connection.
    if Int32(what) & EV_WRITE != 0 { Connection.continueWriting(c) } else { Connection.receive(c) }
  } else if c.pointee.isParked {
    Connection.parkedIsReady(c, what)
  } else {
    Connection.receive(c)
  }
}

extension Connection {
  /// Saved input up to this size is always completed, however exhausted the budget is: the clients that wait with a
  /// line or a small value are not those that hold the memory.
  static let smallInput = 4 << 10

  /// One `recv` into the staging area, behind what was saved. When the round is full it waits for the next.
  @inline(__always)
  static func receive(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    if c.pointee.round == loop.pointee.roundNumber { return }
    let have = c.pointee.savedCount
    if !loop.pointee.hasRoom(have) {
      loop.pointee.enqueueTurn(c)
      return
    }
    if c.pointee.receivesDirectly {
      loop.pointee.addPending(c, count: 0)
      return
    }
    let at = loop.pointee.staging + loop.pointee.stagingUsed
    if have != 0 {
      if have > smallInput, loop.pointee.budget.isExhausted, loop.pointee.grace == 0 {
        pause(c)
        return
      }
      memcpy(at, c.pointee.saved.unsafelyUnwrapped, have)
    }
    loop.pointee.counters.reads &+= 1
    switch SystemCalls.receive(c.pointee.descriptor, at + have, c.pointee.receiveLimit) {
    case .bytes(let n):
      if n == 0 {
        c.pointee.wasEndedByPeer = true
        if c.pointee.awaitsReplies { endInput(c) } else { close(c) }
        return
      }
      loop.pointee.counters.bytesRead &+= UInt64(truncatingIfNeeded: n)
      c.pointee.lastActivity = loop.pointee.seconds
      if have != 0 {
        if loop.pointee.grace > 0 { loop.pointee.grace -= 1 }
        dropSaved(c)
      }
      loop.pointee.addPending(c, count: have &+ n)
    case .notReady: return
    case .failed(let code):
      c.pointee.wasEndedByPeer = code == ECONNRESET
      close(c)
    }
  }

  /// Brings saved input into the round that is being collected.
  static func resumeInput(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    let have = c.pointee.savedCount
    if !loop.pointee.hasRoom(have) {
      loop.pointee.enqueueTurn(c)
      return
    }
    c.pointee.hasMoreInput = false
    if have != 0 {
      memcpy(loop.pointee.staging + loop.pointee.stagingUsed, c.pointee.saved.unsafelyUnwrapped, have)
      dropSaved(c)
    }
    loop.pointee.addPending(c, count: have)
  }

  /// Keeps input for later: the part of a request that has come, or what must wait for the output to drain.
  /// Replaces what was saved before.
  @inline(__always)
  public static func save(
    _ c: UnsafeMutablePointer<Connection>, _ bytes: UnsafeRawPointer, _ count: Int
  ) {
    if count != 0 { saveSlowly(c, bytes, count) }
  }

  @inline(never)
  private static func saveSlowly(
    _ c: UnsafeMutablePointer<Connection>, _ bytes: UnsafeRawPointer, _ count: Int
  ) {
    guard let memory = malloc(count) else {
      c.pointee.isDoomed = true
      return
    }
    memcpy(memory, bytes, count)
    dropSaved(c)
    c.pointee.saved = memory
    c.pointee.savedCount = count
    c.pointee.loop.pointee.budget.charge(count)
  }

  static func dropSaved(_ c: UnsafeMutablePointer<Connection>) {
    guard let memory = c.pointee.saved else { return }
    free(memory)
    c.pointee.loop.pointee.budget.refund(c.pointee.savedCount)
    c.pointee.saved = nil
    c.pointee.savedCount = 0
  }

  /// Receives straight into the caller's memory, for a connection that `receivesDirectly`.
  public static func receive(
    _ c: UnsafeMutablePointer<Connection>, into room: UnsafeMutableRawPointer, _ count: Int
  ) -> Transfer {
    let loop = c.pointee.loop
    let result = SystemCalls.receive(c.pointee.descriptor, room, count)
    loop.pointee.counters.reads &+= 1
    if case .bytes(let n) = result {
      loop.pointee.counters.bytesRead &+= UInt64(n)
      c.pointee.lastActivity = loop.pointee.seconds
      if n == 0 { c.pointee.wasEndedByPeer = true }
    } else if case .failed(let code) = result {
      c.pointee.wasEndedByPeer = code == ECONNRESET
    }
    return result
  }
}
