import CHearth
import HearthNet

/// `stats conns`: one group of lines per listening socket and per connection. Costs two system calls for each
/// connection and little else, because the worker that answers serves nobody meanwhile.
enum ConnectionStatistics {
  private struct Entry {
    var descriptor: Int32
    var lastActivity: UInt32
    var isBlocked: Bool
  }

  /// Bytes of one group of lines at most: four lines, two addresses of at most 120 bytes.
  private static let groupSize = 1024
  /// Listening sockets were opened before any connection: they have small numbers.
  private static let listenerRange: Range<Int32> = 0..<1024

  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: groupSize, alignment: 16)
    defer { memory.deallocate() }
    let server = w.pointee.server
    let now = w.pointee.loop.pointee.seconds
    for descriptor in listenerRange where SocketAddressText.isListening(descriptor) {
      add(&s, memory) { r in
        name(&r, descriptor, "addr")
        guard SocketAddressText.write(descriptor, peer: false, &r) else { return false }
        nextName(&r, descriptor, "state")
        r.text("conn_listening")
        return true
      }
    }
    for i in 0..<server.pointee.workerCount {
      for e in entries(server.pointee.workers[i].pointee.loop) {
        add(&s, memory) { r in
          name(&r, e.descriptor, "addr")
          guard SocketAddressText.write(e.descriptor, peer: true, &r) else { return false }
          nextName(&r, e.descriptor, "listen_addr")
          guard SocketAddressText.write(e.descriptor, peer: false, &r) else { return false }
          nextName(&r, e.descriptor, "state")
          r.text(e.isBlocked ? "conn_mwrite" : "conn_read")
          nextName(&r, e.descriptor, "secs_since_last_cmd")
          r.number(UInt64(now > e.lastActivity ? now - e.lastActivity : 0))
          return true
        }
      }
    }
    return s
  }

  /// The connections of a loop. Their addresses are asked for after the list was let go: its owner must not wait for
  /// system calls.
  private static func entries(_ loop: UnsafeMutablePointer<EventLoop>) -> [Entry] {
    var entries: [Entry] = []
    hearth_lock(&loop.pointee.listLock)
    defer { hearth_unlock(&loop.pointee.listLock) }
    var next = loop.pointee.first
    while let c = next {
      entries.append(
        Entry(
          descriptor: c.pointee.descriptor, lastActivity: c.pointee.lastActivity,
          isBlocked: c.pointee.isBlocked))
      next = c.pointee.next
    }
    return entries
  }

  /// Adds the lines that `group` writes, the last without its end; none when it returns false, because the connection
  /// has closed meanwhile.
  private static func add(
    _ s: inout StatisticsWriter, _ memory: UnsafeMutableRawPointer, _ group: (inout ReplyCursor) -> Bool
  ) {
    var r = ReplyCursor(memory)
    if group(&r) {
      s.line(String(decoding: UnsafeRawBufferPointer(start: memory, count: r.p - memory), as: UTF8.self))
    }
  }

  private static func name(_ r: inout ReplyCursor, _ descriptor: Int32, _ what: StaticString) {
    r.text("STAT ")
    r.number(Int(descriptor))
    r.text(":")
    r.text(what)
    r.text(" ")
  }

  private static func nextName(_ r: inout ReplyCursor, _ descriptor: Int32, _ what: StaticString) {
    r.endLine()
    name(&r, descriptor, what)
  }
}
