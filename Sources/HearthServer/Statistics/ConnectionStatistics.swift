import CHearth
import HearthNet

/// `stats conns`: one group of lines per connection.
enum ConnectionStatistics {
  private struct Entry {
    var descriptor: Int32
    var lastActivity: UInt32
    var isBlocked: Bool
  }

  static func write(_ w: WorkerPointer) -> StatisticsWriter {
    var s = StatisticsWriter()
    let server = w.pointee.server
    let now = w.pointee.loop.pointee.seconds
    for i in 0..<server.pointee.workerCount {
      let loop = server.pointee.workers[i].pointee.loop
      // The addresses are asked for after the list was let go: its owner must not wait for system calls.
      var entries: [Entry] = []
      hearth_lock(&loop.pointee.listLock)
      var next = loop.pointee.first
      while let c = next {
        entries.append(
          Entry(
            descriptor: c.pointee.descriptor, lastActivity: c.pointee.lastActivity,
            isBlocked: c.pointee.isBlocked))
        next = c.pointee.next
      }
      hearth_unlock(&loop.pointee.listLock)
      for e in entries {
        guard let peer = SocketAddress.of(e.descriptor, peer: true),
          let own = SocketAddress.of(e.descriptor, peer: false)
        else { continue }
        s.add("\(e.descriptor):addr", peer.description)
        s.add("\(e.descriptor):listen_addr", own.description)
        s.add("\(e.descriptor):state", e.isBlocked ? "conn_mwrite" : "conn_read")
        s.add("\(e.descriptor):secs_since_last_cmd", now > e.lastActivity ? now - e.lastActivity : 0)
      }
    }
    return s
  }
}
