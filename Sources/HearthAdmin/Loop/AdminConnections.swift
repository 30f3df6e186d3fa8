import CHearth
import CLibevent
import Glibc

/// Counts and ends the interface's connections, which libevent 2.1 does not do for its HTTP server. It makes the
/// bufferevent of each connection and keeps a reference: when libevent lets go of one it takes the callbacks away, by
/// which `sweep` knows. The descriptor is closed with the last reference, so it cannot be another connection's
/// meanwhile. Admin thread only.
struct AdminConnections {
  private struct Entry {
    let buffer: OpaquePointer
    /// Monotonic nanoseconds.
    let opened: UInt64
    var isShut = false
  }

  private var entries: [Entry] = []
  private let limits: AdminLimits

  init(_ limits: AdminLimits) { self.limits = limits }

  /// No connection may be added.
  var isFull: Bool { entries.count >= limits.connections }

  var isEmpty: Bool { entries.isEmpty }

  /// A bufferevent for a connection that has just been accepted; the caller owns one reference.
  mutating func open(_ base: OpaquePointer?) -> OpaquePointer? {
    guard let buffer = bufferevent_socket_new(base, -1, Int32(BEV_OPT_CLOSE_ON_FREE.rawValue)) else {
      return nil
    }
    bufferevent_incref(buffer)
    bufferevent_setwatermark(buffer, Int16(EV_READ), 0, AdminLimits.input)
    entries.append(Entry(buffer: buffer, opened: hearth_monotonic_ns()))
    return buffer
  }

  /// Forgets connections that have ended and ends those that last too long.
  mutating func sweep() {
    let now = hearth_monotonic_ns()
    entries.removeAll { entry in
      guard Self.isReleased(entry.buffer) else { return false }
      bufferevent_decref(entry.buffer)
      return true
    }
    for i in entries.indices where !entries[i].isShut {
      if now - entries[i].opened < limits.life * 1_000_000_000 { continue }
      // libevent sees the end of the connection and frees it.
      _ = shutdown(bufferevent_getfd(entries[i].buffer), Int32(SHUT_RDWR))
      entries[i].isShut = true
    }
  }

  /// Gives up all references, when the HTTP server is gone.
  mutating func releaseAll() {
    for entry in entries { bufferevent_decref(entry.buffer) }
    entries = []
  }

  /// bufferevent_free has been called: it takes callbacks and their argument away.
  private static func isReleased(_ buffer: OpaquePointer) -> Bool {
    var argument: UnsafeMutableRawPointer?
    bufferevent_getcb(buffer, nil, nil, nil, &argument)
    return argument == nil
  }
}
