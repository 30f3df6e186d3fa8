import Testing

@Suite("UDP")
struct UDPTests {
  private func start(_ flags: [String] = []) throws -> (Client, DatagramClient) {
    let daemon = try Daemon(["-U", "-1"] + flags)
    return (try daemon.connect(), try DatagramClient(daemon))
  }

  @Test func `UDP is off unless asked for`() throws {
    let daemon = try Daemon()
    #expect(!daemon.listeners.contains { $0.kind.hasPrefix("UDP") })
    #expect(try daemon.connect().statistics("settings")["udpport"] == "0")
  }

  @Test func `a request is answered in a frame with its id`() throws {
    let (client, udp) = try start()
    #expect(String(decoding: try udp.ask(id: 7, "set a 3 0 1\r\nx\r\n").reply, as: UTF8.self) == "STORED\r\n")
    let (reply, datagrams) = try udp.ask(id: 65535, "get a\r\n")
    #expect(String(decoding: reply, as: UTF8.self) == "VALUE a 3 1\r\nx\r\nEND\r\n")
    #expect(datagrams.count == 1)
    #expect(datagrams[0].total == 1 && datagrams[0].sequence == 0 && datagrams[0].reserved == 0)
    try client.say("get a", "VALUE a 3 1\nx\nEND")
    #expect(
      String(decoding: try udp.ask(id: 0, "mg a v k O5\r\n").reply, as: UTF8.self) == "VA 1 ka O5\r\nx\r\n")
    #expect(String(decoding: try udp.ask(id: 1, "nonsense\r\n").reply, as: UTF8.self) == "ERROR\r\n")
  }

  @Test func `a long reply comes in datagrams of 1400 bytes`() throws {
    let (client, udp) = try start()
    let value = (0..<60_000).map { UInt8(truncatingIfNeeded: 33 + $0 % 90) }
    try client.say("set big 0 0 60000\n" + String(decoding: value, as: UTF8.self), "STORED")
    let (reply, datagrams) = try udp.ask(id: 300, "get big\r\n")
    let expected = Array("VALUE big 0 60000\r\n".utf8) + value + Array("\r\nEND\r\n".utf8)
    #expect(reply == expected)
    #expect(datagrams.count == (expected.count + 1391) / 1392)
    #expect(datagrams.dropLast().allSatisfy { $0.payload.count == 1392 })
    #expect(datagrams.map { Int($0.sequence) } == Array(0..<datagrams.count))
    #expect(datagrams.allSatisfy { Int($0.total) == datagrams.count })
  }

  @Test func `several commands in one datagram are answered together`() throws {
    let (_, udp) = try start()
    let reply = try udp.ask(id: 9, "set a 0 0 1\r\nx\r\nget a\r\nincr a 1\r\ndelete a\r\n").reply
    #expect(
      String(decoding: reply, as: UTF8.self)
        == "STORED\r\nVALUE a 0 1\r\nx\r\nEND\r\nCLIENT_ERROR cannot increment or decrement non-numeric value\r\nDELETED\r\n"
    )
  }

  @Test func `many requests in flight are answered each`() throws {
    let (client, udp) = try start()
    for i in 0..<100 { _ = try client.ask("set key\(i) 0 0 3\n\(100 + i)") }
    for i in 0..<100 { udp.send(id: UInt16(i), "get key\(i)\r\n") }
    var seen: Set<UInt16> = []
    while seen.count < 100, let datagram = try udp.receive() {
      let i = Int(datagram.id)
      #expect(
        String(decoding: datagram.payload, as: UTF8.self) == "VALUE key\(i) 0 3\r\n\(100 + i)\r\nEND\r\n")
      seen.insert(datagram.id)
    }
    #expect(seen.count == 100)
  }

  @Test func `datagrams that are short, fragmented or forged are dropped without an answer`() throws {
    let (_, udp) = try start()
    for count in 0...8 { udp.send([UInt8](repeating: 0, count: count)) }
    udp.send([0, 1, 0, 0, 0, 1, 0])
    // A request in several datagrams is not supported.
    udp.send(id: 2, sequence: 0, total: 2, "get a\r\n")
    udp.send(id: 3, sequence: 1, total: 2, "get a\r\n")
    udp.send(id: 4, sequence: 0, total: 0, "get a\r\n")
    udp.send(id: 5, sequence: 65535, total: 65535, "get a\r\n")
    var random = SplitMix64(seed: 1)
    for _ in 0..<200 {
      let total: UInt16 = 2 + UInt16(random.below(1000))
      var bytes: [UInt8] = [0, 9, 0, 0, UInt8(total >> 8), UInt8(total & 0xff), 0, 0]
      for _ in 0..<random.below(1400) { bytes.append(UInt8(random.below(256))) }
      udp.send(bytes)
    }
    // Half a command, and data that is not there.
    udp.send(id: 6, "get a")
    udp.send(id: 7, "set a 0 0 100\r\nshort\r\n")
    udp.send(id: 8, "set a 0 0 1000000\r\nshort\r\n")
    let (reply, datagrams) = try udp.ask(id: 77, "mn\r\n")
    #expect(reply == Array("MN\r\n".utf8))
    #expect(datagrams[0].id == 77)
  }

  @Test func `random bytes harm nobody`() throws {
    let (client, udp) = try start()
    var random = SplitMix64(seed: 2)
    for _ in 0..<2000 {
      udp.send((0..<random.below(1500)).map { _ in UInt8(random.below(256)) })
    }
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
  }

  /// Listens beyond loopback for a moment, so only where that was allowed.
  @Test(.enabled(if: Binaries.environment("HEARTH_OUTSIDE") != nil))
  func `off loopback a reply is at most ten times the request or one datagram`() throws {
    let daemon = try Daemon(["-l", "0.0.0.0", "-p", "-1", "-U", "-1"], at: .asConfigured)
    let client = try daemon.connect()
    let udp = try DatagramClient(daemon)
    try client.say("set big 0 0 20000\n" + String(repeating: "v", count: 20_000), "STORED")
    #expect(try udp.ask(id: 1, "get big\r\n").reply == Array("SERVER_ERROR reply too large for UDP\r\n".utf8))
    try client.say("set small 0 0 1000\n" + String(repeating: "v", count: 1000), "STORED")
    #expect(try udp.ask(id: 2, "get small\r\n").reply.count > 1000)
    // Ten times the request is allowed: it has 3,000 bytes.
    let long = "get big" + String(repeating: " none", count: 600) + "\r\n"
    #expect(try udp.ask(id: 3, long).reply.count > 20_000)
  }
}
