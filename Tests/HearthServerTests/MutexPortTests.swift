import Glibc
import HearthConfig
import HearthHerd
import Testing

@testable import HearthServer

/// The mutex port: conversations over real connections of one and of several workers.
@Suite struct MutexPortTests {
  /// Bytes of a key that nobody has set in the cache.
  private static func digest(_ number: UInt8) -> [UInt8] { [UInt8](repeating: number, count: 16) }

  /// The MD5 of a key of the cache.
  private static func digest(of key: String) -> [UInt8] {
    var key = key
    return key.withUTF8 { bytes in
      KeyDigest.md5(bytes.baseAddress!, bytes.count)!.withBytes { Array($0) }
    }
  }

  private static func server(
    threads: Int = 1, _ change: (inout MutexConfiguration) -> Void = { _ in }
  ) throws -> TestServer {
    try TestServer { configuration in
      configuration.threads = threads
      var mutex = MutexConfiguration(listeners: [])
      change(&mutex)
      configuration.mutex = mutex
    }
  }

  private func peer(_ server: TestServer, worker: Int = 0) -> TestClient {
    server.client(tag: MutexPort.tag, worker: worker)
  }

  /// Waits until so many peers wait.
  private func awaitWaiting(_ server: TestServer, _ count: Int) -> Bool {
    for _ in 0..<5000 {
      if server.server.state.pointee.mutex.figures.waiting == count { return true }
      usleep(2000)
    }
    return false
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func theDigestIsMD5() {
    let hexadecimal = Self.digest(of: "a").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hexadecimal == "0cc175b9c0f1b6a831c399e269772661")
  }

  @Test(arguments: [1, 3]) func aReleaseTellsAllWaiters(workers: Int) throws {
    let server = try Self.server(threads: workers)
    let owner = peer(server)
    owner.send(Self.digest(1))
    #expect(text(owner.receive(1)) == "O")
    let waiters = (0..<30).map { peer(server, worker: $0 % workers) }
    for waiter in waiters { waiter.send(Self.digest(1)) }
    #expect(awaitWaiting(server, 30))
    #expect(waiters[0].isSilent() && waiters[29].isSilent(for: 0))
    owner.send("R")
    for waiter in waiters { #expect(text(waiter.receive(1)) == "R") }
    // The next key on the same connections.
    waiters[7].send(Self.digest(1))
    #expect(text(waiters[7].receive(1)) == "O")
    owner.send(Self.digest(2))
    #expect(text(owner.receive(1)) == "O")
  }

  @Test func inQueueModeTheKeyIsHandedOverInOrder() throws {
    let server = try Self.server(threads: 3) { $0.mode = .queue }
    let peers = (0..<12).map { peer(server, worker: $0 % 3) }
    for (i, peer) in peers.enumerated() {
      peer.send(Self.digest(1))
      if i == 0 { #expect(text(peer.receive(1)) == "O") } else { #expect(awaitWaiting(server, i)) }
    }
    for i in 0..<11 {
      #expect(peers[i + 1].isSilent(for: 2))
      peers[i].send("R")
      #expect(text(peers[i + 1].receive(1)) == "O")
    }
  }

  @Test func aCrowdOfDeadWaitersIsPassedOver() throws {
    let server = try Self.server(threads: 2) { $0.mode = .queue }
    let owner = peer(server)
    owner.send(Self.digest(1))
    #expect(text(owner.receive(1)) == "O")
    var waiters: [TestClient] = (0..<300).map { i in
      let waiter = peer(server, worker: i % 2)
      waiter.send(Self.digest(1))
      return waiter
    }
    #expect(awaitWaiting(server, 300))
    let last = peer(server)
    last.send(Self.digest(1))
    #expect(awaitWaiting(server, 301))
    owner.send("R")
    withExtendedLifetime(waiters) {}
    waiters.removeAll()
    #expect(text(last.receive(1)) == "O")
  }

  @Test(arguments: [
    ("set k 0 0 1|v|", true), ("add k 0 0 1|v|", true), ("set k 0 0 1 noreply|v|", true), ("ms k 1|v|", true),
    ("ms k 1 ME|v|", true), ("ms aw== 1 b|v|", true), ("mn|get k|", false), ("replace k 0 0 1|v|", false),
    ("delete k|", false), ("touch k 5|", false), ("set j 0 0 1|v|", false),
  ])
  func aStoredValueTellsTheWaitersAtOnce(_ request: String, _ tells: Bool) throws {
    let server = try Self.server(threads: 2)
    let owner = peer(server, worker: 1)
    let waiter = peer(server, worker: 1)
    let other = peer(server)
    owner.send(Self.digest(of: "k"))
    #expect(text(owner.receive(1)) == "O")
    waiter.send(Self.digest(of: "k"))
    other.send(Self.digest(of: "k"))
    #expect(awaitWaiting(server, 2))
    _ = server.client().ask(request)
    if tells {
      #expect(text(waiter.receive(1)) == "R")
      #expect(text(other.receive(1)) == "R")
    } else {
      #expect(waiter.isSilent() && other.isSilent(for: 0))
    }
    // The owner keeps the key.
    let figures = server.server.state.pointee.mutex.figures
    #expect(figures.held == 1 && figures.waiting == (tells ? 0 : 2))
    #expect(figures.counters.toldBySet == (tells ? 2 : 0))
    #expect(owner.isSilent(for: 0))
  }

  @Test(arguments: [
    "set k 0 0 1|2|", "replace k 0 0 1|2|", "append k 0 0 1|2|", "prepend k 0 0 1|2|", "incr k 1|",
    "decr k 1|",
    "ma k|", "ms k 1 MA|2|", "cas k 0 0 1 CAS|2|",
  ])
  func soDoesAChangedOne(_ request: String) throws {
    let server = try Self.server()
    let client = server.client()
    let cas = client.ask("set k 0 0 1|1|gets k|").split(separator: "|")[1].split(separator: " ").last!
    let owner = peer(server)
    owner.send(Self.digest(of: "k"))
    #expect(text(owner.receive(1)) == "O")
    let waiter = peer(server)
    waiter.send(Self.digest(of: "k"))
    #expect(awaitWaiting(server, 1))
    _ = client.ask(request.replacing("CAS", with: cas))
    #expect(text(waiter.receive(1)) == "R")
  }

  /// Under the thread sanitizer: stores look whether anybody waits while others come to wait and are told.
  @Test func storesAndLocksAtOnce() throws {
    let server = try Self.server(threads: 3)
    let setter = server.client(worker: 2)
    let owner = peer(server)
    let waiter = peer(server, worker: 1)
    let sets = String(repeating: "set k 0 0 1 noreply\r\nv\r\n", count: 20)
    for _ in 0..<300 {
      repeat { owner.send(Self.digest(of: "k")) } while text(owner.receive(1)) == "R"
      waiter.send(Self.digest(of: "k"))
      setter.send(sets)
      owner.send("R")
      // It may have asked after the release.
      switch text(waiter.receive(1)) {
      case "R": break
      case "O": waiter.send("R")
      default: Issue.record("the waiter was closed")
      }
    }
    #expect(setter.ask("get k|") == "VALUE k 0 1|v|END|")
    let counters = server.server.state.pointee.mutex.figures.counters
    #expect(counters.waited == counters.told + counters.toldBySet)
  }

  @Test func soDoesALargeValue() throws {
    let server = try Self.server()
    let owner = peer(server)
    owner.send(Self.digest(of: "large"))
    #expect(text(owner.receive(1)) == "O")
    let waiter = peer(server)
    waiter.send(Self.digest(of: "large"))
    #expect(awaitWaiting(server, 1))
    let client = server.client()
    client.send("set large 0 0 600000\r\n" + String(repeating: "v", count: 300_000))
    #expect(waiter.isSilent())
    client.send(String(repeating: "v", count: 300_000) + "\r\n")
    #expect(text(waiter.receive(1)) == "R")
    #expect(text(client.receive(8)) == "STORED\r\n")
  }

  @Test func anOwnerWhoseTimeIsOverIsClosedAndItsWaitersAreTold() throws {
    let server = try Self.server(threads: 2) { $0.timeOut = 200 }
    let owner = peer(server, worker: 1)
    owner.send(Self.digest(1))
    #expect(text(owner.receive(1)) == "O")
    let waiter = peer(server, worker: 1)
    waiter.send(Self.digest(1))
    #expect(text(waiter.receive(1)) == "R")
    #expect(owner.isClosed)
    #expect(server.server.state.pointee.mutex.figures.counters.timeOuts == 1)
  }

  @Test func partsOfKeysAreNotKeptForLongerThanTheTimeOut() throws {
    let server = try Self.server { $0.timeOut = 300 }
    let silent = peer(server)
    let half = peer(server)
    half.send([1, 2, 3])
    // The next byte of the same key gives no new time, wherever the others stand.
    let dripping = peer(server)
    dripping.send([9])
    let whole = peer(server)
    whole.send([5])
    whole.send([UInt8](repeating: 5, count: 15))
    #expect(text(whole.receive(1)) == "O")
    whole.send("R")
    for _ in 0..<3 {
      usleep(60_000)
      dripping.send([9])
    }
    #expect(half.isClosed && dripping.isClosed)
    #expect(silent.isSilent(for: 0) && whole.isSilent(for: 0))
  }

  @Test func aByteFromAWaiterClosesItAndAStrangeOneFromTheOwnerReleases() throws {
    let server = try Self.server()
    let owner = peer(server)
    owner.send(Self.digest(1))
    #expect(text(owner.receive(1)) == "O")
    let hasty = peer(server)
    hasty.send(Self.digest(1) + [0x52])
    #expect(hasty.isClosed)
    let patient = peer(server)
    patient.send(Self.digest(1))
    #expect(awaitWaiting(server, 1))
    owner.send("X")
    #expect(text(patient.receive(1)) == "R")
    #expect(owner.isClosed)
    let counters = server.server.state.pointee.mutex.figures.counters
    #expect(counters.closedWaiting == 1 && counters.released == 1)
  }

  @Test func connectionsAndWaitersBeyondTheLimitsAreClosed() throws {
    let server = try Self.server {
      $0.connectionLimit = 4
      $0.waiterLimit = 2
    }
    let peers = (0..<4).map { _ in peer(server) }
    for (i, peer) in peers.enumerated() {
      peer.send(Self.digest(1))
      if i == 0 { #expect(text(peer.receive(1)) == "O") }
      if 1...2 ~= i { #expect(awaitWaiting(server, i)) }
    }
    #expect(peers[3].isClosed)
    let fourth = peer(server)
    fourth.send(Self.digest(2))
    #expect(text(fourth.receive(1)) == "O")
    #expect(peer(server).isClosed)
    #expect(server.server.state.pointee.mutex.figures.counters.refused == 2)
    // The cache's clients have their own limit.
    #expect(server.client().ask("get a|") == "END|")
    withExtendedLifetime((peers, fourth)) {}
  }

  @Test func waitingAndOwningIsNotIdling() throws {
    let server = try TestServer {
      $0.mutex = MutexConfiguration(listeners: [])
      $0.idleTimeout = 1
    }
    let owner = peer(server)
    owner.send(Self.digest(1))
    #expect(text(owner.receive(1)) == "O")
    let waiter = peer(server)
    waiter.send(Self.digest(1))
    let idle = peer(server)
    let client = server.client()
    #expect(idle.isClosed && client.isClosed)
    usleep(500_000)
    #expect(owner.isSilent(for: 0) && waiter.isSilent(for: 0))
    owner.send("R")
    #expect(text(waiter.receive(1)) == "R")
    // Its time begins with the answer, not with the question.
    #expect(waiter.isSilent(for: 700))
    #expect(waiter.isClosed)
  }

  @Test func aFloodThatNobodyReadsHoldsLittle() throws {
    let server = try Self.server()
    let deaf = peer(server)
    _ = fcntl(deaf.descriptor, F_SETFL, O_NONBLOCK)
    let pairs = (0..<2000).flatMap { _ in Self.digest(1) + [0x52] }
    for _ in 0..<300 { deaf.send(pairs) }
    for _ in 0..<20 { #expect(server.client().ask("get a|") == "END|") }
    #expect(server.server.state.pointee.budget.inUse < 4096)
    let figures = server.server.state.pointee.mutex.figures
    #expect(figures.counters.acquired > 1000)
    #expect(figures.held <= 1 && figures.bytes < 256 << 10)
  }

  @Test func heldKeysAreListed() throws {
    let server = try Self.server(threads: 2)
    let owners = (0..<100).map { i in
      let owner = peer(server, worker: i % 2)
      owner.send(Self.digest(UInt8(i)))
      #expect(text(owner.receive(1)) == "O")
      return owner
    }
    let waiter = peer(server)
    waiter.send(Self.digest(7))
    #expect(awaitWaiting(server, 1))
    let all = server.server.locks(limit: 1000)
    #expect(all.count == 100 && Set(all.map(\.key)).count == 100)
    let seventh = try #require(all.first { $0.key == String(repeating: "07", count: 16) })
    #expect(seventh.waiters == 1 && seventh.owner >> 48 == 1 && seventh.heldForMilliseconds < 60_000)
    #expect(server.server.locks(limit: 3).count == 3)
    #expect(server.server.locks(limit: 0).isEmpty)
    for owner in owners { owner.send("R") }
    #expect(text(waiter.receive(1)) == "R")
    for _ in 0..<5000 where !server.server.locks(limit: 1).isEmpty { usleep(2000) }
    #expect(server.server.locks(limit: 10).isEmpty)
  }

  @Test func rulesChangeOnline() throws {
    let server = try Self.server()
    let owner = peer(server)
    owner.send(Self.digest(1))
    #expect(text(owner.receive(1)) == "O")
    let waiter = peer(server)
    waiter.send(Self.digest(1))
    #expect(awaitWaiting(server, 1))
    var new = server.server.state.pointee.configuration
    new.mutex?.mode = .queue
    new.mutex?.timeOut = 200
    new.mutex?.connectionLimit = 2
    #expect(
      server.server.apply(new) == [
        "mutex.mode is queue now", "mutex.time_out is 200ms now", "mutex.connection_limit is 2 now",
      ])
    #expect(peer(server).isClosed)
    owner.send("R")
    #expect(text(waiter.receive(1)) == "O")
    #expect(waiter.isClosed)
    let statistics = server.client().ask("stats mutex|")
    #expect(statistics.contains("STAT mode queue|STAT time_out_ms 200|"))
  }
}
