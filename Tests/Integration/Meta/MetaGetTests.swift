import Testing

@Suite("mg")
struct MetaGetTests {
  @Test func `a miss is EN, a hit HD, or VA with v`() throws {
    let client = try Daemon().connect()
    try client.say("mg a", "EN")
    try client.say("mg a v", "EN")
    try client.say("set a 5 0 3\nabc", "STORED")
    try client.say("mg a", "HD")
    try client.say("mg a v", "VA 3\nabc")
    try client.say("set e 0 0 0\n", "STORED")
    try client.say("mg e v s", "VA 0 s0\n")
  }

  @Test func `flags come back in the order asked`() throws {
    let client = try Daemon().connect()
    try client.say("set a 5 0 3\nabc", "STORED")
    try client.say("mg a s k f t", "HD s3 ka f5 t-1")
    try client.say("mg a t f k s v O99", "VA 3 t-1 f5 ka s3 O99\nabc")
    try client.say("mg a Oopaque k", "HD Oopaque ka")
    try client.say("mg a c", "HD c<n>")
    let cas = try client.cas("a")
    try client.say("mg a c", "HD c\(cas)")
  }

  @Test func `k and O come back on a miss too`() throws {
    let client = try Daemon().connect()
    try client.say("mg a k O123 v", "EN ka O123")
    try client.say("mg a O123 f s k", "EN O123 ka")
  }

  @Test func `q leaves out EN alone`() throws {
    let client = try Daemon().connect()
    try client.say("mg a q", "")
    try client.say("mg a v q k", "")
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("mg a q", "HD")
    try client.say("mg a q v", "VA 1\nx")
    try client.say("mg \(String(repeating: "k", count: 251)) q", "CLIENT_ERROR bad command line format")
  }

  @Test func `h and l are the values before this access`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("mg a h", "HD h0")
    try client.say("mg a h l", "HD h1 l<n>")
    try client.say("set b 0 0 1\nx", "STORED")
    // u reads without counting as an access.
    try client.say("mg b u v", "VA 1\nx")
    try client.say("mg b h", "HD h0")
    try client.say("mg b h", "HD h1")
    try client.say("set c 0 0 1\nx\nget c", "STORED\nVALUE c 0 1\nx\nEND")
    try client.say("mg c h", "HD h1")
  }

  @Test func `T sets the expiry, which t of the same request shows`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("mg a t T100", "HD t-1")
    #expect(["HD t100\r\n", "HD t99\r\n"].contains(try client.ask("mg a t")))
    try client.say("mg a T0 t", "HD t-1")
    try client.say("mg a T-1", "HD")
    try client.say("mg a", "EN")
  }

  @Test func `C leaves the value out when the client has it`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    let cas = try client.cas("a")
    try client.say("mg a v C\(cas)", "HD")
    try client.say("mg a v k C\(cas)", "HD ka")
    try client.say("mg a v C\(cas + 1)", "VA 1\nx")
  }

  @Test func `N creates an empty item for one winner`() throws {
    let client = try Daemon().connect()
    try client.say("mg a N30 s v t", "VA 0 s0 t30 W\n", orLessThan: 30)
    try client.say("mg a N30 s v", "VA 0 s0 Z\n")
    try client.say("mg a v", "VA 0 Z\n")
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("mg a N30 v", "VA 1\nx")
    try client.say("mg b N0 E777 c", "HD c777 W")
    try client.say("mg b c", "HD c777 Z")
  }

  @Test func `R lets one client recompute when little life remains`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 100 1\nx", "STORED")
    try client.say("mg a v R30", "VA 1\nx")
    try client.say("mg a v R200", "VA 1 W\nx")
    try client.say("mg a v R200", "VA 1 Z\nx")
    try client.say("mg a v", "VA 1 Z\nx")
    // Without an expiry there is nothing to refresh.
    try client.say("set b 0 0 1\nx", "STORED")
    try client.say("mg b v R2000", "VA 1\nx")
  }

  @Test func `a stale item has one winner`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("md a I T30", "HD")
    try client.say("mg a v", "VA 1 X W\nx")
    try client.say("mg a v", "VA 1 Z X\nx")
    try client.say("ms a 1\ny", "HD")
    try client.say("mg a v", "VA 1\ny")
  }

  @Test func `base64 keys are echoed as base64 with b`() throws {
    let client = try Daemon().connect()
    // "Zm9v" is "foo".
    try client.say("mg Zm9v b k", "EN kZm9v b")
    try client.say("ms Zm9v 3 b k\nabc", "HD kZm9v b")
    try client.say("mg Zm9v b k v", "VA 3 kZm9v b\nabc")
    // The item is foo, and remembers that its key is binary.
    try client.say("mg foo k v", "VA 3 kZm9v b\nabc")
    try client.say("get foo", "VALUE foo 0 3\nabc\nEND")
    try client.say("mg !!!! b", "CLIENT_ERROR error decoding key")
  }

  @Test func `binary keys may hold blanks and line ends`() throws {
    let client = try Daemon().connect()
    // "YSBiDQoA" is "a b\r\n\0".
    try client.say("ms YSBiDQoA 1 b\nx", "HD")
    try client.say("mg YSBiDQoA b v k", "VA 1 kYSBiDQoA b\nx")
    try client.say("md YSBiDQoA b k", "HD kYSBiDQoA b")
    try client.say("mg YSBiDQoA b", "EN")
  }

  @Test func `P and L are accepted and ignored`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("mg a Ppath Llimit v", "VA 1\nx")
    try client.say("ms a 1 P L\ny", "HD")
    try client.say("md a Px Ly", "HD")
    try client.say("ma a Px Ly", "NF")
  }

  @Test func `hits and misses count like gets`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    _ = try client.ask("mg a\nmg a v\nmg b\nmg a T10\nmg b T10")
    let counts = try ["get_hits", "get_misses", "cmd_touch", "touch_hits"].map { try client.statistic($0) }
    // As in memcached, a miss with T counts as a miss alone.
    #expect(counts == [2, 2, 1, 1])
    #expect(try client.statistic("cmd_meta") >= 5)
  }
}
