import Testing

@Suite("set, add, replace, append, prepend, cas")
struct StorageTests {
  @Test func `set stores and overwrites, with flags`() throws {
    let client = try Daemon().connect()
    try client.say("set a 1 0 3\none", "STORED")
    try client.say("set a 2 0 5\nthree", "STORED")
    try client.say("get a", "VALUE a 2 5\nthree\nEND")
  }

  @Test func `add stores only what is not there`() throws {
    let client = try Daemon().connect()
    try client.say("add a 1 0 1\nx", "STORED")
    try client.say("add a 2 0 1\ny", "NOT_STORED")
    try client.say("get a", "VALUE a 1 1\nx\nEND")
  }

  @Test func `replace stores only what is there`() throws {
    let client = try Daemon().connect()
    try client.say("replace a 1 0 1\nx", "NOT_STORED")
    try client.say("set a 1 0 1\nx", "STORED")
    try client.say("replace a 2 0 2\nyy", "STORED")
    try client.say("get a", "VALUE a 2 2\nyy\nEND")
  }

  @Test func `append and prepend keep flags and expiry`() throws {
    let client = try Daemon().connect()
    try client.say("append a 0 0 1\nx", "NOT_STORED")
    try client.say("prepend a 0 0 1\nx", "NOT_STORED")
    try client.say("set a 7 1000 2\nbc", "STORED")
    try client.say("append a 9 0 1\nd", "STORED")
    try client.say("prepend a 9 1 1\na", "STORED")
    try client.say("get a", "VALUE a 7 4\nabcd\nEND")
    #expect(["HD t1000\r\n", "HD t999\r\n", "HD t998\r\n"].contains(try client.ask("mg a t")))
  }

  @Test func `cas stores only over the version that was read`() throws {
    let client = try Daemon().connect()
    try client.say("cas a 0 0 1 1\nx", "NOT_FOUND")
    try client.say("set a 0 0 1\nx", "STORED")
    let cas = try client.cas("a")
    try client.say("cas a 0 0 1 \(cas + 1)\ny", "EXISTS")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
    try client.say("cas a 5 0 1 \(cas)\ny", "STORED")
    try client.say("cas a 5 0 1 \(cas)\nz", "EXISTS")
    try client.say("get a", "VALUE a 5 1\ny\nEND")
    #expect(try client.statistic("cas_misses") == 1)
    #expect(try client.statistic("cas_badval") == 2)
    #expect(try client.statistic("cas_hits") == 1)
  }

  @Test func `-C leaves CAS values out`() throws {
    let client = try Daemon(["-C"]).connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("gets a", "VALUE a 0 1 0\nx\nEND")
  }

  @Test func `flags are 32 bits`() throws {
    let client = try Daemon().connect()
    try client.say("set a 4294967295 0 1\nx", "STORED")
    try client.say("get a", "VALUE a 4294967295 1\nx\nEND")
    // The length is valid, so the data is swallowed and the connection stays in step.
    try client.say("set a -1 0 1\nx", "CLIENT_ERROR bad command line format")
    try client.say("set a text 0 1\nx", "CLIENT_ERROR bad command line format")
  }

  @Test(arguments: ["set", "add", "replace", "append", "prepend"])
  func `a line that cannot be parsed is answered and its data swallowed`(command: String) throws {
    let client = try Daemon().connect()
    try client.say("\(command) a 0 x 2\nmn", "CLIENT_ERROR bad command line format")
    let long = String(repeating: "k", count: 251)
    try client.say("\(command) \(long) 0 0 2\nmn", "CLIENT_ERROR bad command line format")
  }

  @Test(arguments: ["-1", "x", "2147483646", "4294967296", "99999999999999999999"])
  func `a length that is no length swallows nothing`(length: String) throws {
    let client = try Daemon().connect()
    try client.say(
      "set a 0 0 \(length)\nversion", "CLIENT_ERROR bad command line format\nVERSION " + version(client))
  }

  @Test func `missing arguments are an error`() throws {
    let client = try Daemon().connect()
    for line in ["set", "set a", "set a 0", "set a 0 0", "cas a 0 0", "add a 0 0", "append"] {
      try client.say(line, "CLIENT_ERROR bad command line format")
    }
    // The length is there, so the data is swallowed.
    try client.say("cas a 0 0 2\nmn", "CLIENT_ERROR bad command line format")
  }

  @Test func `surplus arguments are ignored`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1 surplus\nx", "STORED")
    try client.say("get a", "VALUE a 0 1\nx\nEND")
  }

  @Test func `data without its end is a bad data chunk`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    // bytes + 2 are read; what follows is the next command.
    try client.exchangeRaw("set a 0 0 3\r\nabcdemn\r\n", "CLIENT_ERROR bad data chunk\r\nMN\r\n")
    try client.exchangeRaw("set a 0 0 3\r\nabc\rmmn\r\n", "CLIENT_ERROR bad data chunk\r\nMN\r\n")
  }

  @Test func `an item that is too large is swallowed and a set takes the old value away`() throws {
    let client = try Daemon().connect()
    let large = String(repeating: "x", count: 1 << 20)
    let refusal = "SERVER_ERROR object too large for cache"
    for (command, kept) in [("set", false), ("add", true), ("replace", true), ("append", true)] {
      try client.say("set a 0 0 1\nx", "STORED")
      try client.say("\(command) a 0 0 \(large.utf8.count)\n\(large)", refusal)
      try client.say("get a", kept ? "VALUE a 0 1\nx\nEND" : "END")
    }
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("set a 0 0 \(large.utf8.count) noreply\n\(large)", "")
    try client.say("get a", "END")
    #expect(try client.statistic("store_too_large") == 5)
  }

  @Test func `the item limit counts header and key and can be set`() throws {
    let client = try Daemon().connect()
    // memcached's item: 48 bytes of header, 8 of CAS, the key and a zero, the value and CR LF.
    let most = (1 << 20) - 48 - 8 - 2 - 2
    let value = String(repeating: "v", count: most)
    try client.say("set k 0 0 \(most)\n\(value)", "STORED")
    try client.say("get k", "VALUE k 0 \(most)\n\(value)\nEND")
    try client.say("set k 0 0 \(most + 1)\n\(value)v", "SERVER_ERROR object too large for cache")

    let other = try Daemon(["-I", "2k"]).connect()
    try other.say("set k 0 0 1988\n" + String(repeating: "v", count: 1988), "STORED")
    try other.say(
      "set k 0 0 1989\n" + String(repeating: "v", count: 1989), "SERVER_ERROR object too large for cache")
  }

  @Test func `appending beyond the item limit leaves the item as it was`() throws {
    let client = try Daemon(["-I", "2k"]).connect()
    let half = String(repeating: "v", count: 1200)
    try client.say("set k 0 0 1200\n\(half)", "STORED")
    for command in ["append", "prepend"] {
      let reply = try client.ask("\(command) k 0 0 1200\n\(half)")
      #expect(reply.hasPrefix("SERVER_ERROR") || reply == "NOT_STORED\r\n", "\(reply)")
    }
    try client.say("get k", "VALUE k 0 1200\n\(half)\nEND")
  }

  @Test func `values of 100 MB with -I 200m`() throws {
    let client = try Daemon(["-m", "1024", "-I", "200m"]).connect()
    var value = [UInt8](repeating: 0, count: 100 << 20)
    for i in stride(from: 0, to: value.count, by: 4099) { value[i] = UInt8(truncatingIfNeeded: i / 4099) }
    try client.send("set big 9 0 \(value.count)\r\n")
    try client.send(value)
    try client.exchangeRaw("\r\n", "STORED\r\n")
    try client.send("get big\r\n")
    #expect(try client.readLine() == "VALUE big 9 \(value.count)")
    #expect(try client.read(value.count) == value)
    try client.exchangeRaw("", "\r\nEND\r\n")
  }

  private func version(_ client: Client) -> String {
    ((try? client.ask("version")) ?? "").replacing("VERSION ", with: "").replacing("\r\n", with: "")
  }
}
