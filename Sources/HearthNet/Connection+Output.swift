import CHearth
import CLibevent
import Glibc

extension Connection {
  /// Sends bytes, or queues what the socket does not take (everything, when something is queued already).
  public static func send(
    _ c: UnsafeMutablePointer<Connection>, _ bytes: UnsafeRawPointer, _ count: Int, more: Bool = false
  ) {
    let loop = c.pointee.loop
    if c.pointee.isDoomed { return }
    var sent = 0
    if c.pointee.output.isEmpty {
      loop.pointee.counters.writes &+= 1
      switch SystemCalls.transmit(c.pointee.descriptor, bytes, count, more: more) {
      case .bytes(let n):
        loop.pointee.counters.bytesWritten &+= UInt64(truncatingIfNeeded: n)
        if n == count { return }
        sent = n
      case .notReady: break
      case .failed(let code):
        c.pointee.wasEndedByPeer = code == ECONNRESET || code == EPIPE
        c.pointee.isDoomed = true
        return
      }
    }
    if !c.pointee.output.append(bytes + sent, count - sent, loop.pointee.budget) { c.pointee.isDoomed = true }
  }

  /// Sends bytes that stay where they are until the socket has taken them all. Takes over `bytes`.
  public static func send(_ c: UnsafeMutablePointer<Connection>, _ bytes: ForeignBytes) {
    if c.pointee.isDoomed {
      bytes.release(bytes.context)
      return
    }
    let wasEmpty = c.pointee.output.isEmpty
    if !c.pointee.output.append(bytes, sent: 0) {
      c.pointee.isDoomed = true
      bytes.release(bytes.context)
      return
    }
    if wasEmpty { flush(c) }
  }

  private static func flush(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    loop.pointee.counters.writes &+= 1
    let n = c.pointee.output.flush(c.pointee.descriptor, loop.pointee.budget)
    if n < 0 {
      c.pointee.wasEndedByPeer = n == -Int(ECONNRESET) || n == -Int(EPIPE)
      c.pointee.isDoomed = true
      return
    }
    loop.pointee.counters.bytesWritten &+= UInt64(n)
    if n > 0 { c.pointee.lastActivity = loop.pointee.seconds }
  }

  /// The socket has room: sends on; when nothing is left the saved input gets its turn in this round.
  static func continueWriting(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    flush(c)
    if c.pointee.isDoomed || (c.pointee.closesWhenDrained && c.pointee.output.isEmpty) {
      close(c)
      return
    }
    if c.pointee.isBlocked { return }
    if c.pointee.isParked {
      waitParked(c)
      return
    }
    wait(c, forWriting: false)
    if c.pointee.savedCount != 0 || c.pointee.hasMoreOutput {
      c.pointee.hasMoreInput = true
      resumeInput(c)
    } else if loop.pointee.isDraining {
      close(c)
    }
  }

  /// After `send` or `doom` outside the connection's own part in a round (from a message, a tick, or the requests of
  /// others): does what the end of the round does, unless that is still to come.
  public static func settle(_ c: UnsafeMutablePointer<Connection>) {
    if c.pointee.round != c.pointee.loop.pointee.roundNumber { finishRound(c) }
  }

  /// Ends the part of a connection in a round: closes it, or waits for the right thing.
  @inline(__always)
  public static func finishRound(_ c: UnsafeMutablePointer<Connection>) {
    let loop = c.pointee.loop
    if c.pointee.isDoomed {
      close(c)
    } else if c.pointee.isParked {
      waitParked(c)
    } else if !c.pointee.output.isEmpty || c.pointee.hasMoreOutput {
      wait(c, forWriting: true)
    } else if c.pointee.hasMoreInput {
      loop.pointee.enqueueTurn(c)
    } else if loop.pointee.isDraining {
      close(c)
    }
  }
}
