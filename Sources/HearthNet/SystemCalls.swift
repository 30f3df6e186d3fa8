import CHearth
import Glibc

/// The outcome of a system call that moves bytes: errno is taken at once, an interrupted call is repeated here
/// and nowhere else.
public enum Transfer: Sendable, Equatable {
  /// So many bytes went through; 0 on a read means the peer has closed.
  case bytes(Int)
  /// The descriptor is not ready.
  case notReady
  /// The call failed with this errno.
  case failed(Int32)
}

/// Every system call of the data path, one function each.
public enum SystemCalls {
  /// POLLRDHUP of <poll.h>, which the Glibc module does not show.
  private static let readEnded: Int16 = 0x2000

  /// The peer has closed, or the connection has failed; what is still to be read is left alone.
  static func hasEnded(_ fd: Int32) -> Bool {
    // Not recv with MSG_PEEK, which says nothing of a reset as long as there is input.
    var p = pollfd(fd: fd, events: readEnded, revents: 0)
    while true {
      let n = poll(&p, 1, 0)
      if n >= 0 { return n > 0 }
      if hearth_errno() != EINTR { return true }
    }
  }

  /// Reads what is there, at most `count` bytes.
  @inline(__always)
  public static func receive(_ fd: Int32, _ to: UnsafeMutableRawPointer, _ count: Int) -> Transfer {
    while true {
      let n = recv(fd, to, count, 0)
      if n >= 0 { return .bytes(n) }
      let code = hearth_errno()
      if code == EINTR { continue }
      return code == EAGAIN ? .notReady : .failed(code)
    }
  }

  /// Sends what the socket takes; `more` tells the kernel that further bytes follow at once.
  @inline(__always)
  public static func transmit(_ fd: Int32, _ from: UnsafeRawPointer, _ count: Int, more: Bool = false)
    -> Transfer
  {
    let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
    while true {
      let n = send(fd, from, count, flags)
      if n >= 0 { return .bytes(n) }
      let code = hearth_errno()
      if code == EINTR { continue }
      return code == EAGAIN ? .notReady : .failed(code)
    }
  }

  /// Sends several pieces with one call.
  public static func transmit(_ fd: Int32, _ pieces: UnsafePointer<iovec>, _ count: Int) -> Transfer {
    while true {
      // SIGPIPE is ignored by the daemon, so plain writev is as safe as sendmsg with MSG_NOSIGNAL.
      let n = writev(fd, pieces, Int32(count))
      if n >= 0 { return .bytes(n) }
      let code = hearth_errno()
      if code == EINTR { continue }
      return code == EAGAIN ? .notReady : .failed(code)
    }
  }

  /// Accepts one connection: its descriptor (non-blocking, close-on-exec), or minus errno.
  public static func acceptConnection(_ listener: Int32) -> Int32 {
    while true {
      let fd = hearth_accept(listener, nil, nil)
      if fd >= 0 { return fd }
      let code = hearth_errno()
      if code == EINTR || code == ECONNABORTED { continue }
      return -code
    }
  }

  /// Closes a descriptor. Linux frees it even when the call is interrupted, so it is never repeated.
  public static func closeDescriptor(_ fd: Int32) { _ = Glibc.close(fd) }

  /// Sets an integer socket option; a refusal is not an error for any option that is set this way.
  public static func setOption(_ fd: Int32, _ level: Int32, _ name: Int32, _ value: Int32 = 1) {
    var v = value
    _ = setsockopt(fd, level, name, &v, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Sets an option to a text; a refusal is not an error.
  static func setOption(_ fd: Int32, _ level: Int32, _ name: Int32, _ value: StaticString) {
    _ = setsockopt(fd, level, name, value.utf8Start, socklen_t(value.utf8CodeUnitCount))
  }

  /// Lets the next close of a connection drop what is unsent and tell the peer with a reset, so that it connects anew at once.
  static func resetOnClose(_ fd: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = setsockopt(fd, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Makes a descriptor non-blocking and close-on-exec.
  public static func makeNonBlocking(_ fd: Int32) {
    _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK)
    _ = fcntl(fd, F_SETFD, FD_CLOEXEC)
  }

  /// The text for an errno.
  public static func describe(_ code: Int32) -> String { String(cString: strerror(code)) }
}
