import CHearth
import Glibc
import Testing

/// What some clients overdo must not be paid for by the others, nor by values that end up wrong.
@Suite("bad input: overload")
struct OverloadTests {
  /// Data blocks that look like commands.
  private let injection = Array(String(repeating: "set INJECTED 0 0 3\r\nBAD\r\n", count: 40_000).utf8)

  @Test func `a value that runs out of memory half-way is dropped whole`() throws {
    let daemon = try Daemon(["-m", "64", "-t", "2"])
    let client = try daemon.connect()
    for i in 0..<90 {
      try client.say("set f\(i) 0 0 700000\n" + String(repeating: "x", count: 700_000), "STORED")
    }
    let peers = try (0..<15).map { _ in try daemon.connect() }
    for (i, peer) in peers.enumerated() {
      try peer.send(Array("set h\(i) 0 0 900000\r\n".utf8) + injection[..<850_000])
    }
    // What was promised cannot be kept any more.
    try client.say("cache_memlimit 8", "OK")
    for peer in peers {
      let reply = try peer.exchange(injection[850_000..<900_000] + Array("\r\nmn\r\n".utf8), end: "MN\r\n")
      let text = String(decoding: reply, as: UTF8.self)
      #expect(
        text == "STORED\r\nMN\r\n" || text == "SERVER_ERROR out of memory storing object\r\nMN\r\n", "\(text)"
      )
    }
    try client.say("get INJECTED", "END")
  }

  @Test(arguments: [60_000, 8_000]) func `peers that do not read hold little memory`(size: Int) throws {
    let daemon = try Daemon(["-m", "64", "-t", "2"])
    let client = try daemon.connect()
    try client.say("set k 0 0 \(size)\n" + String(repeating: "v", count: size), "STORED")
    let before = daemon.residentBytes
    let request = "get" + String(repeating: " k", count: 500) + "\r\n"
    let deaf = try (0..<200).map { _ in try daemon.connect() }
    for peer in deaf { peer.offer(Array(request.utf8)) }
    try client.say("mg k s", "HD s\(size)")
    #expect(daemon.peakResidentBytes - before < 24 << 20, "\(daemon.peakResidentBytes - before)")
    // Other clients with half-sent values are not kept waiting for them.
    let halves = try (0..<50).map { _ in try daemon.connect() }
    for (i, peer) in halves.enumerated() {
      try peer.send("set h\(i) 0 0 3000\r\n" + String(repeating: "x", count: 1000))
    }
    for peer in halves { try peer.exchangeRaw(String(repeating: "x", count: 2000) + "\r\n", "STORED\r\n") }
    // And all that was asked for comes, in order, once they read.
    let one = "VALUE k 0 \(size)\r\n".utf8.count + size + 2
    let all = try deaf[3].read(500 * one + 5)
    #expect(all.suffix(5).elementsEqual("END\r\n".utf8) && all.count == 500 * one + 5)
  }

  @Test func `appends that are half-way hold no more than the buffers' share`() throws {
    let daemon = try Daemon(["-m", "64"])
    let client = try daemon.connect()
    try client.say("set k 0 0 1\nv", "STORED")
    let before = daemon.residentBytes
    let peers = try (0..<100).map { _ in try daemon.connect() }
    for peer in peers {
      peer.offer(Array("append k 0 0 1000000\r\n".utf8) + [UInt8](repeating: 120, count: 999_000))
    }
    try client.say("get k", "VALUE k 0 1\nv\nEND")
    #expect(daemon.peakResidentBytes - before < 24 << 20, "\(daemon.peakResidentBytes - before)")
  }

  @Test func `clients that pipeline without end leave room for others`() throws {
    let daemon = try Daemon(["-t", "1"])
    let bulk = Array((0..<5000).map { "set k\($0) 0 0 1 noreply\r\nx\r\n" }.joined().utf8)
    let loaders = try (0..<3).map { _ in try daemon.connect() }
    let client = try daemon.connect()
    var sent = [0, 0, 0]
    for _ in 0..<50 {
      for (i, loader) in loaders.enumerated() {
        sent[i] = (sent[i] + loader.offerOnce(bulk[sent[i]...])) % bulk.count
      }
      try client.say("mn", "MN")
    }
  }

  @Test func `slow readers of a large value do not keep others from storing theirs`() throws {
    let daemon = try Daemon(["-m", "64", "-I", "16m"])
    let client = try daemon.connect()
    try client.say("set hot 0 0 7000000\n" + String(repeating: "h", count: 7_000_000), "STORED")
    let slow = try (0..<5).map { _ in try daemon.connect() }
    for peer in slow { try peer.send("get hot\r\n") }
    for i in 0..<20 {
      try client.say("set v\(i) 0 0 50000\n" + String(repeating: "y", count: 50_000), "STORED")
    }
    #expect(slow.count == 5)
  }

  @Test func `a set without memory takes the old value with it`() throws {
    let daemon = try Daemon(["-m", "8", "-I", "4m"])
    let client = try daemon.connect()
    try client.say("set v 0 0 5\nolder", "STORED")
    // Unfinished values hold a quarter of the memory: there is none for another.
    let peers = try (0..<3).map { _ in try daemon.connect() }
    for (i, peer) in peers.enumerated() { peer.offer(Array("set p\(i) 0 0 3000000\r\nxxx".utf8)) }
    try client.say("mn", "MN")
    let reply = try client.ask("set v 0 0 3000000\n" + String(repeating: "y", count: 3_000_000))
    if reply != "STORED\r\n" {
      #expect(reply == "SERVER_ERROR out of memory storing object\r\n")
      try client.say("get v", "END")
    }
    #expect(peers.count == 3)
  }
}

extension Client {
  /// Sends what the socket takes at once; gives the number of bytes.
  fileprivate func offerOnce(_ bytes: ArraySlice<UInt8>) -> Int {
    max(
      0,
      bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      })
  }
}
