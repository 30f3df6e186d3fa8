import Glibc
import Testing

/// The KeyedMutex protocol, byte for byte as keyedmutexd speaks it.
@Suite("mutex port: conversation")
struct MutexConversationTests {
  enum Place: String, CaseIterable { case tcp, unix }

  private func connect(_ mutex: MutexDaemon, _ place: Place) throws -> Client {
    try place == .tcp ? mutex.connect() : mutex.connectLocally()
  }

  @Test(arguments: Place.allCases) func `the first owns, the others wait, a release tells them`(
    place: Place
  ) throws {
    let mutex = try MutexDaemon()
    let owner = try connect(mutex, place)
    try owner.own("a")
    let waiters = try (0..<5).map { _ in try connect(mutex, place) }
    for waiter in waiters { try waiter.send(md5("a")) }
    try mutex.awaitWaiting(5)
    for waiter in waiters { #expect(waiter.isSilent(for: 5)) }
    try owner.send("R")
    for waiter in waiters { #expect(try waiter.answer() == "R") }
    // Told once, then forgotten; the next key on the same connections.
    try waiters[0].own("a")
    try owner.own("b")
    try waiters[1].send(md5("a"))
    try mutex.awaitWaiting(1)
    try waiters[0].send("R")
    #expect(try waiters[1].answer() == "R")
    #expect(waiters[2].isSilent())
  }

  @Test func `other keys are other mutexes`() throws {
    let mutex = try MutexDaemon()
    let clients = try (0..<50).map { _ in try mutex.connect() }
    for (i, client) in clients.enumerated() { try client.own("key \(i)") }
  }

  @Test func `a key may come in pieces`() throws {
    let mutex = try MutexDaemon()
    let client = try mutex.connect()
    for byte in md5("a") {
      #expect(client.isSilent(for: 1))
      try client.send([byte])
    }
    #expect(try client.answer() == "O")
  }

  @Test func `release and next key may come together`() throws {
    let mutex = try MutexDaemon()
    let client = try mutex.connect()
    try client.own("a")
    try client.send([UInt8(ascii: "R")] + md5("b") + [UInt8(ascii: "R")] + md5("a"))
    #expect(try client.read(2) == Array("OO".utf8))
    let other = try mutex.connect()
    try other.own("b")
  }

  @Test func `an owner that goes away releases`() throws {
    let mutex = try MutexDaemon()
    var owner: Client? = try mutex.connect()
    try owner?.own("a")
    let waiter = try mutex.connect()
    try waiter.send(md5("a"))
    try mutex.awaitWaiting(1)
    owner = nil
    #expect(try waiter.answer() == "R")
  }

  @Test func `a waiter that goes away is forgotten`() throws {
    let mutex = try MutexDaemon()
    let owner = try mutex.connect()
    try owner.own("a")
    var waiter: Client? = try mutex.connect()
    try waiter?.send(md5("a"))
    try mutex.awaitWaiting(1)
    waiter = nil
    try mutex.awaitWaiting(0)
    try owner.send("R")
    try owner.own("a")
    #expect(try mutex.cache().statistic("closed_waiting", of: "mutex") == 1)
  }

  @Test func `a byte from a waiter closes its connection`() throws {
    let mutex = try MutexDaemon()
    let owner = try mutex.connect()
    try owner.own("a")
    let waiter = try mutex.connect()
    try waiter.send(md5("a"))
    try mutex.awaitWaiting(1)
    try waiter.send("R")
    #expect(try waiter.readToEnd() == [])
    #expect(owner.isSilent())
  }

  @Test func `a byte but R from the owner releases and closes`() throws {
    let mutex = try MutexDaemon()
    let owner = try mutex.connect()
    try owner.own("a")
    let waiter = try mutex.connect()
    try waiter.send(md5("a"))
    try mutex.awaitWaiting(1)
    try owner.send("X")
    #expect(try waiter.answer() == "R")
    #expect(try owner.readToEnd() == [])
  }

  @Test func `an owner is closed when its time is over, and not before`() throws {
    let mutex = try MutexDaemon(["time_out: 400ms"])
    let owner = try mutex.connect()
    try owner.own("a")
    let waiter = try mutex.connect()
    try waiter.send(md5("a"))
    #expect(waiter.isSilent(for: 350))
    #expect(try waiter.answer() == "R")
    #expect(try owner.readToEnd() == [])
    try waiter.own("a")
  }

  @Test func `queue mode hands the key over in the order of asking`() throws {
    let mutex = try MutexDaemon(["mode: queue"])
    let clients = try (0..<20).map { _ in try mutex.connect() }
    try clients[0].own("a")
    for i in 1..<20 {
      try clients[i].send(md5("a"))
      try mutex.awaitWaiting(i)
    }
    for i in 0..<19 {
      #expect(clients[i + 1].isSilent(for: 2))
      try clients[i].send("R")
      #expect(try clients[i + 1].answer() == "O")
    }
    #expect(try mutex.cache().statistic("hand_overs", of: "mutex") == 19)
  }

  @Test func `commands of the cache have no meaning on the port, and keys none in the cache`() throws {
    let mutex = try MutexDaemon()
    let client = try mutex.connect()
    // Sixteen bytes are a key whatever they say, and the rest is not from an owner's mouth.
    try client.send("version\r\nversion\r\n")
    #expect(try client.readToEnd() == Array("O".utf8))
    let binary = try mutex.connect()
    try binary.send([UInt8](repeating: 0x80, count: 16))
    #expect(try binary.answer() == "O")
    try mutex.cache().say("get a", "END")
  }

  @Test func `the socket is for everybody unless its mode is given, and goes with the daemon`() throws {
    for (rule, mode) in [([], 0o777), (["socket_mode: 770"], 0o770)] as [([String], mode_t)] {
      let mutex = try MutexDaemon(rule)
      var information = stat()
      #expect(lstat(mutex.path, &information) == 0)
      #expect(information.st_mode & 0o777 == mode)
      // Who answers has its signal handlers.
      try mutex.connectLocally().own("a")
      #expect(try mutex.daemon.stop() == .exit(0))
      #expect(lstat(mutex.path, &information) != 0)
    }
  }
}
