import Glibc
import Testing

@Suite("signals")
struct SignalTests {
  @Test(arguments: [SIGTERM, SIGINT, SIGUSR1]) func `a clean stop exits 0`(signal: Int32) throws {
    let daemon = try Daemon()
    let client = try daemon.connect()
    try client.say("set a 0 0 1\nx", "STORED")
    #expect(try daemon.stop(signal) == .exit(0))
    #expect(try client.readToEnd() == [])
  }

  @Test func `what was acknowledged is sent before the stop`() throws {
    for _ in 0..<10 {
      let daemon = try Daemon()
      let client = try daemon.connect()
      let value = String(repeating: "v", count: 100_000)
      try client.say("set a 0 0 100000\n\(value)", "STORED")
      // The replies to these fill the socket many times over; they are read after the signal.
      try client.send(String(repeating: "get a\r\n", count: 50))
      try client.exchangeRaw("", "VALUE a 0 100000\r\n")
      daemon.process.signal(SIGTERM)
      let rest = try client.readToEnd()
      let one = "VALUE a 0 100000\r\n\(value)\r\nEND\r\n".utf8.count
      // Whole replies only: a request was either answered or not begun.
      #expect((rest.count + "VALUE a 0 100000\r\n".utf8.count) % one == 0, "\(rest.count) bytes")
      #expect(try daemon.process.wait() == .exit(0))
    }
  }

  @Test func `a stop waits for nobody who does not read`() throws {
    let daemon = try Daemon(["-m", "64"])
    let client = try daemon.connect()
    try client.say("set a 0 0 1000000\n" + String(repeating: "v", count: 1_000_000), "STORED")
    try client.send(String(repeating: "get a\r\n", count: 100))
    try client.exchangeRaw("", "VALUE a 0 1000000\r\n")
    #expect(try daemon.stop() == .exit(0))
  }

  @Test func `a peer that goes away in the middle of a reply harms nobody`() throws {
    let daemon = try Daemon()
    let client = try daemon.connect()
    try client.say("set a 0 0 1000000\n" + String(repeating: "v", count: 1_000_000), "STORED")
    for _ in 0..<20 {
      let other = try daemon.connect()
      try other.send(String(repeating: "get a\r\n", count: 20))
      try other.exchangeRaw("", "VALUE a")
    }
    try client.say("mn", "MN")
    #expect(daemon.isRunning)
  }
}
