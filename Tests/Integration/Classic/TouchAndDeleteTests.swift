import Testing

@Suite("touch, delete")
struct TouchAndDeleteTests {
  @Test func `touch sets the expiry`() throws {
    let client = try Daemon().connect()
    try client.say("touch a 100", "NOT_FOUND")
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("touch a 100", "TOUCHED")
    #expect(["HD t100\r\n", "HD t99\r\n"].contains(try client.ask("mg a t")))
    try client.say("touch a 0", "TOUCHED")
    try client.say("mg a t", "HD t-1")
    try client.say("touch a -1", "TOUCHED")
    try client.say("get a", "END")
  }

  @Test func `touch refuses what is no time`() throws {
    let client = try Daemon().connect()
    try client.say("set a 0 0 1\nx", "STORED")
    try client.say("touch a x", "CLIENT_ERROR invalid exptime argument")
    try client.say("touch a", "CLIENT_ERROR bad command line format")
    try client.say("touch", "CLIENT_ERROR bad command line format")
    try client.say("touch \(String(repeating: "k", count: 251)) 0", "CLIENT_ERROR bad command line format")
  }

  @Test func `delete takes an item away, whatever stands behind the key`() throws {
    let client = try Daemon().connect()
    try client.say("delete a", "NOT_FOUND")
    // Old PHP clients send a time of 0.
    for tail in ["", " 0", " 0 0", " surplus"] {
      try client.say("set a 0 0 1\nx", "STORED")
      try client.say("delete a\(tail)", "DELETED")
      try client.say("get a", "END")
      try client.say("delete a\(tail)", "NOT_FOUND")
    }
    try client.say("delete", "CLIENT_ERROR bad command line format")
    try client.say("delete \(String(repeating: "k", count: 251))", "CLIENT_ERROR bad command line format")
  }

  @Test func `hits and misses are counted`() throws {
    let client = try Daemon().connect()
    _ = try client.ask("set a 0 0 1\nx\ntouch a 0\ntouch b 0\ntouch c 0\ndelete a\ndelete a\ndelete a")
    let counts = try ["touch_hits", "touch_misses", "delete_hits", "delete_misses"].map {
      try client.statistic($0)
    }
    #expect(counts == [1, 2, 1, 2])
  }
}
