import Testing

/// Groups of keys that are made void at once, and sets that are held off after it.
@Suite("generations and hold_off")
struct GenerationTests {
  @Test func `incr, delete, ma and md bump a group, get and mg read its number`() throws {
    let daemon = try herdDaemon("generations: true")
    let client = try daemon.connect()
    func fill() throws { try client.say("set user:42:a 0 0 1\nx\nset user:421 0 0 1\ny", "STORED\nSTORED") }
    var last: UInt64 = 0
    for command in [
      "incr gen/user:42 1", "delete gen/user:42", "ma gen/user:42 v", "md gen/user:42", "ma gen/user:42 q",
      "incr gen/user:42 0",
    ] {
      try fill()
      _ = try client.ask(command)
      try client.say("get user:42:a user:421", "VALUE user:421 0 1\ny\nEND")
      let number = try #require(try client.value(of: "gen/user:42").flatMap { UInt64($0) })
      #expect(number > last, "\(command)")
      last = number
    }
    let digits = "\(last)".utf8.count
    try client.say("mg gen/user:42 v s k c t", "VA \(digits) s\(digits) kgen/user:42 c\(last) t-1\n\(last)")
    try client.say("gets gen/user:42", "VALUE gen/user:42 0 \(digits) \(last)\n\(last)\nEND")
  }

  @Test func `other commands on a group get one clear error`() throws {
    let daemon = try herdDaemon("generations: true")
    let client = try daemon.connect()
    let error = "CLIENT_ERROR this key names a group: use get, incr, delete, mg, ma or md"
    try client.say("set gen/g 0 0 1\nx", error)
    try client.say("add gen/g 0 0 1\nx", error)
    try client.say("append gen/g 0 0 1\nx", error)
    try client.say("ms gen/g 1\nx", error)
    try client.say("touch gen/g 1", error)
    try client.say("gat 1 gen/g", error)
    try client.say("decr gen/g 1", error)
    try client.say("ma gen/g MD", error)
    try client.say("set gen/g 0 0 300000\n\(String(repeating: "v", count: 300_000))", error)
    try client.say("incr gen/a:b:c:d:e:f:g:h:i 1", "SERVER_ERROR a group's name has at most 8 parts")
    try client.say("get gen/a:b:c:d:e:f:g:h:i", "SERVER_ERROR a group's name has at most 8 parts")
    try client.say("set gen/g 0 0 1 noreply\nx", "")
  }

  @Test func `without a pool that keeps generations gen is a prefix like any other`() throws {
    let client = try Daemon().connect()
    try client.say("set gen/g 0 0 1\nx", "STORED")
    try client.say("get gen/g", "VALUE gen/g 0 1\nx\nEND")
  }

  @Test func `a pool's prefix is its root group, and groups may span pools`() throws {
    let daemon = try herdDaemon(
      "generations: true",
      more: "  - {name: prices, prefix: 'price:', memory: 16m, generations: true}\n"
        + "  - {name: plain, prefix: 'plain:', memory: 16m}\n")
    let client = try daemon.connect()
    func fill() throws {
      try client.say("set price:1 0 0 1\nx\nset price 0 0 1\ny\nset other 0 0 1\nz", "STORED\nSTORED\nSTORED")
    }
    try fill()
    _ = try client.ask("incr gen/price: 1")
    try client.say("get price:1 price other", "VALUE price 0 1\ny\nVALUE other 0 1\nz\nEND")
    try fill()
    _ = try client.ask("incr gen/price 1")
    try client.say("get price:1 price other", "VALUE other 0 1\nz\nEND")
    try fill()
    _ = try client.ask("incr gen/ 1")
    try client.say("get price:1 price other", "VALUE price:1 0 1\nx\nEND")
    try client.say("incr gen/plain: 1", "SERVER_ERROR the pool of this group keeps no generations")
  }

  @Test func `after a bump only who was given a lease may set`() throws {
    let daemon = try herdDaemon("generations: true, hold_off: 60s")
    let (slow, reader, other) = (try daemon.connect(), try daemon.connect(), try daemon.connect())
    try slow.say("set g:k 0 0 1\na", "STORED")
    _ = try slow.ask("incr gen/g 1")
    // It read the database before the bump.
    try slow.say("set g:k 0 0 1\na", "NOT_STORED")
    try slow.say("ms g:k 1\na", "NS")
    #expect(try reader.value(of: "g:k") == nil)
    try other.say("set g:k 0 0 1\nb", "NOT_STORED")
    try reader.say("set g:k 0 0 1\nc", "STORED")
    try other.say("get g:k", "VALUE g:k 0 1\nc\nEND")
    // Keys of other groups are free.
    try slow.say("set h:k 0 0 1\na", "STORED")
    #expect(try slow.statistic("hold_off_refusals", of: "herd") == 3)
  }

  @Test func `a bump holds sets off though a sweep follows it at once`() throws {
    let daemon = try herdDaemon("generations: true, hold_off: 60s")
    let client = try daemon.connect()
    _ = try client.ask("incr gen/g 1")
    try eventually("a sweep has gone by") {
      try client.statistics("pools")["default:generation_sweeps"] == "1"
    }
    try client.say("set g:k 0 0 1\na", "NOT_STORED")
  }

  @Test func `md I holds off what was read before it, of a missing key too`() throws {
    let daemon = try herdDaemon("coalesce: {wait: 10s}, hold_off: 60s")
    let (slow, reader) = (try daemon.connect(), try daemon.connect())
    #expect(try slow.value(of: "k") == nil)
    try reader.say("md k I", "NF")
    try slow.say("set k 0 0 3\nold", "NOT_STORED")
    #expect(try reader.value(of: "k") == nil)
    try reader.say("set k 0 0 3\nnew", "STORED")
  }

  @Test func `md I holds sets off, a plain delete does not`() throws {
    let daemon = try herdDaemon("hold_off: 300ms")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    try a.say("set k 0 0 1\nx\ndelete k\nset k 0 0 1\ny", "STORED\nDELETED\nSTORED")
    try a.say("md k I", "HD")
    try b.say("set k 0 0 1\nz", "NOT_STORED")
    try eventually("it is over") { try b.ask("set k 0 0 1\nz") == "STORED\r\n" }
  }

  @Test func `the token of mg N may store with ms C from another connection`() throws {
    let daemon = try herdDaemon("generations: true, hold_off: 60s")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    _ = try a.ask("incr gen/g 1")
    let reply = try a.ask("mg g:k N30 v c")
    #expect(reply.hasSuffix(" W\r\n\r\n"))
    let token = try #require(reply.split(separator: " ").first { $0.hasPrefix("c") }).dropFirst()
    try b.say("ms g:k 3\nold", "NS")
    try b.say("ms g:k 3 C\(token)\nnew", "HD")
    try a.say("get g:k", "VALUE g:k 0 3\nnew\nEND")
  }

  @Test func `a value computed before a bump is not seen after it`() throws {
    let daemon = try herdDaemon("generations: true, coalesce: {wait: 10s}")
    let (a, b) = (try daemon.connect(), try daemon.connect())
    #expect(try a.value(of: "g:k") == nil)
    _ = try b.ask("incr gen/g 1")
    // The holder's lease is from before the bump: what it read may be too.
    try a.say("set g:k 0 0 3\nold", "STORED")
    #expect(try b.value(of: "g:k") == nil)
    try b.say("set g:k 0 0 3\nnew", "STORED")
    try a.say("get g:k", "VALUE g:k 0 3\nnew\nEND")
  }
}
