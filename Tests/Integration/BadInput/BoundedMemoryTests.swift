import CHearth
import Glibc
import Testing

/// Peers that send too much, too little or never read cost bounded memory and do not disturb the others.
@Suite("bad input: memory stays bounded")
struct BoundedMemoryTests {
  private let mebibyte = 1 << 20

  /// Beyond the limit of -m: code, stacks, worker buffers.
  private let overhead = 48 << 20

  @Test func `a megabyte without a line end closes the connection`() throws {
    let daemon = try Daemon()
    let other = try daemon.connect()
    for head in ["", "set ", "mg ", "delete ", "stats "] {
      let client = try daemon.connect()
      try client.send(head + String(repeating: "x", count: 1 << 20))
      #expect(try client.readToEnd() == [], "\(head)")
    }
    try other.say("mn", "MN")
  }

  @Test(arguments: ["get ", "gets ", "gat 0 "]) func `nor does a retrieval grow without end`(head: String)
    throws
  {
    let daemon = try Daemon(["-m", "64"])
    let client = try daemon.connect()
    // Either one endless key or an endless row of them, never a line end.
    for unit in ["k", "key "] {
      let endless = try daemon.connect()
      try endless.send(head)
      for _ in 0..<64 where !endless.hasEnded {
        endless.offer(Array(String(repeating: unit, count: mebibyte / unit.utf8.count).utf8))
      }
      try client.say("mn", "MN")
    }
    #expect(daemon.peakResidentBytes < 64 * mebibyte + overhead, "\(daemon.peakResidentBytes)")
  }

  @Test func `a client that never reads is not read from`() throws {
    let daemon = try Daemon(["-m", "64", "-t", "1"])
    let client = try daemon.connect()
    try client.say("set a 0 0 100000\n" + String(repeating: "v", count: 100_000), "STORED")
    let deaf = try (0..<20).map { _ in try daemon.connect() }
    // A hundred thousand replies, ten gigabytes in all.
    let requests = Array(String(repeating: "get a\r\n", count: 5000).utf8)
    for peer in deaf { peer.offer(requests) }
    for _ in 0..<200 { try client.say("mg a s", "HD s100000") }
    #expect(daemon.peakResidentBytes < 64 * mebibyte + overhead, "\(daemon.peakResidentBytes)")
    // They get all that was asked for when they read at last.
    let one = "VALUE a 0 100000\r\n".utf8.count + 100_000 + "\r\nEND\r\n".utf8.count
    #expect(try deaf[0].read(one * 20).count == one * 20)
  }

  @Test func `half-sent sets pin no more than their share`() throws {
    let daemon = try Daemon(["-m", "64", "-t", "2"])
    let client = try daemon.connect()
    var waiting: [Client] = []
    for i in 0..<300 {
      let peer = try daemon.connect()
      peer.offer(Array("set half\(i) 0 0 1000000\r\n".utf8) + [UInt8](repeating: 120, count: 500_000))
      waiting.append(peer)
    }
    try client.say("set small 0 0 1\nx", "STORED")
    try client.say("get small", "VALUE small 0 1\nx\nEND")
    #expect(daemon.peakResidentBytes < 64 * mebibyte + overhead, "\(daemon.peakResidentBytes)")
    waiting.removeAll()
    try eventually("their memory is free again") {
      try client.ask("set big 0 0 1000000\n" + String(repeating: "v", count: 1_000_000)) == "STORED\r\n"
    }
  }

  @Test func `headers that announce a gigabyte cost nothing`() throws {
    let daemon = try Daemon(["-m", "4096", "-I", "1024m"])
    let client = try daemon.connect()
    var waiting: [Client] = []
    for i in 0..<100 {
      let peer = try daemon.connect()
      peer.offer(Array("set giant\(i) 0 0 1000000000\r\nabc".utf8))
      peer.offer(Array("ms giant\(i) 1000000000\r\nabc".utf8))
      waiting.append(peer)
    }
    try client.say("set small 0 0 1\nx", "STORED")
    #expect(daemon.residentBytes < 128 * mebibyte, "\(daemon.residentBytes)")
    #expect(waiting.count == 100)
  }

  @Test func `a refused gigabyte is swallowed and the connection stays in step`() throws {
    let daemon = try Daemon(["-m", "64"])
    let client = try daemon.connect()
    let chunk = [UInt8](repeating: 120, count: 1 << 20)
    try client.send("set a 0 0 \(200 << 20)\r\n")
    for _ in 0..<200 { try client.send(chunk) }
    try client.exchangeRaw("\r\nmn\r\n", "SERVER_ERROR object too large for cache\r\nMN\r\n")
    #expect(daemon.peakResidentBytes < 64 * mebibyte + overhead, "\(daemon.peakResidentBytes)")
  }

  @Test func `10,000 idle connections hold no buffers`() throws {
    let count = try raiseDescriptorLimit(to: 10_500) - 500
    let daemon = try Daemon(["-c", "\(count + 100)", "-t", "2"])
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let before = daemon.residentBytes
    var idle: [Client] = []
    for _ in 0..<count { idle.append(try daemon.connect()) }
    try eventually("all are accepted") { try client.statistic("curr_connections") >= count }
    // Each has asked once and rests.
    for peer in idle { try peer.send("get a\r\n") }
    for peer in idle { try peer.exchangeRaw("", "VALUE a 0 1\r\nx\r\nEND\r\n") }
    let each = (daemon.residentBytes - before) / count
    #expect(each < 2048, "\(each) bytes per idle connection")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    idle.removeAll()
    try eventually("all are gone") { try client.statistic("curr_connections") < 10 }
  }

  /// Raises the limit of this process as far as it goes; gives what there is, at most what was asked for.
  private func raiseDescriptorLimit(to wanted: Int) throws -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if Int(clamping: limit.rlim_cur) < wanted {
      limit.rlim_cur = rlim_t(wanted)
      limit.rlim_max = max(limit.rlim_max, rlim_t(wanted))
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 {
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
      }
    }
    return min(wanted, Int(clamping: limit.rlim_cur))
  }
}
