import CHearth
import Glibc
import HearthConfig
import Synchronization
import Testing

@testable import HearthServer

/// Herd protection with a clock that the test moves, and under concurrency.
@Suite struct HerdTests {
  private func server(threads: Int = 1, _ change: @escaping (inout PoolConfiguration) -> Void) throws
    -> TestServer
  {
    try TestServer { c in
      c.threads = threads
      change(&c.pools[0])
    }
  }

  @Test func anItemIsDueInTheLastQuarterOfItsLifeAtMost() throws {
    let server = try server { $0.herd.refreshBefore = 1_000_000 }
    let (a, b) = (server.client(), server.client())
    #expect(a.ask("set k 0 1000 1|x|") == "STORED|")
    server.advance(seconds: 748)
    #expect(a.ask("get k|") == "VALUE k 0 1|x|END|")
    server.advance(seconds: 3)
    #expect(a.ask("get k|") == "END|")
    #expect(b.ask("get k|mg k v|") == "VALUE k 0 1|x|END|VA 1 Z|x|")
    // The holder's add is a set, and begins a new life.
    #expect(a.ask("add k 0 1000 1|y|get k|") == "STORED|VALUE k 0 1|y|END|")
    server.advance(seconds: 700)
    #expect(b.ask("get k|") == "VALUE k 0 1|y|END|")
  }

  @Test func aTouchEndsTheTimeOfRefresh() throws {
    let server = try server { $0.herd.refreshPermille = 100 }
    let (a, b) = (server.client(), server.client())
    #expect(a.ask("set k 0 100 1|x|") == "STORED|")
    server.advance(seconds: 92)
    #expect(a.ask("touch k 1000|") == "TOUCHED|")
    #expect(b.ask("get k|") == "VALUE k 0 1|x|END|")
    server.advance(seconds: 850)
    #expect(b.ask("get k|") == "VALUE k 0 1|x|END|")
    server.advance(seconds: 100)
    #expect(b.ask("get k|") == "END|")
  }

  @Test func appendKeepsTheLifeAndTheWholeOfIt() throws {
    let server = try server { $0.herd.refreshPermille = 250 }
    let client = server.client()
    #expect(client.ask("set k 0 100 1|x|") == "STORED|")
    server.advance(seconds: 70)
    #expect(client.ask("append k 0 0 1|y|get k|") == "STORED|VALUE k 0 2|xy|END|")
    server.advance(seconds: 7)
    #expect(client.ask("get k|") == "END|")
  }

  @Test func anExpiredValueIsServedForItsTimeAndNotLonger() throws {
    let server = try server { $0.herd.serveStale = 30 }
    let (a, b) = (server.client(), server.client())
    #expect(a.ask("set k 0 100 1|x|") == "STORED|")
    server.advance(seconds: 101)
    #expect(a.ask("get k|") == "END|")
    #expect(b.ask("get k|") == "VALUE k 0 1|x|END|")
    // A key dump lists what is live.
    #expect(b.ask("lru_crawler metadump all|") == "END|")
    server.advance(seconds: 29)
    #expect(b.ask("get k|") == "END|")
  }

  /// Eight threads with eight connections each on two workers: reads, multigets and pipelines of few keys, sets, adds,
  /// deletes, bumps, and connections that close while they wait. Every reader gets its answer, and every value is one
  /// that was set for its key.
  @Test func nobodyIsForgottenInTheCrowd() throws {
    let server = try server(threads: 2) {
      $0.keepsGenerations = true
      $0.herd.coalesceWait = 200
      $0.herd.coalesceLease = 50
      $0.herd.refreshPermille = 250
      $0.herd.serveStale = 2
      $0.herd.maximumWaiters = 40
    }
    let failures = Mutex<[String]>([])
    let threads = (0..<8).map { number in
      CrowdThread {
        Self.crowd(server, UInt64(number), failures: { text in failures.withLock { $0.append(text) } })
      }
    }
    for thread in threads { thread.join() }
    #expect(failures.withLock { $0 } == [])
    let herd = server.client().ask("stats herd|")
    #expect(herd.contains("readers_waiting 0|"), "\(herd)")
  }

  private static func crowd(_ server: TestServer, _ seed: UInt64, failures: (String) -> Void) {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
    func random(_ n: UInt64) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % n)
    }
    var clients = (0..<8).map { server.client(worker: $0 % 2) }
    for _ in 0..<400 {
      let i = random(8)
      let key = "g\(random(3)):k\(random(5))"
      let other = "g\(random(3)):k\(random(5))"
      let set = "set \(key) 0 \(random(3)) \(key.utf8.count)|\(key)|"
      var request: String
      switch random(12) {
      case 0..<4: request = "get \(key)|"
      case 4: request = "get \(key) \(other) \(key)|get \(other)|"
      case 5: request = "mg \(key) v|gets \(other)|"
      case 6: request = set
      case 7: request = "get \(key)|" + set + "get \(other)|"
      case 8: request = "add \(key) 0 2 \(key.utf8.count)|\(key)|"
      case 9: request = "delete \(key)|"
      case 10: request = "incr gen/g\(random(3)) 1|"
      default:
        // Goes away without waiting for the answer.
        clients[i].send("get \(key) \(other)\r\nget x\r\n")
        clients[i] = server.client(worker: random(2))
        continue
      }
      let reply = clients[i].ask(request)
      if reply.hasSuffix("<closed>") { return failures("\(request) was not answered: \(reply)") }
      let lines = reply.split(separator: "|", omittingEmptySubsequences: false)
      for (j, line) in lines.enumerated() where line.hasPrefix("VALUE ") {
        let name = line.split(separator: " ")[1]
        if name != lines[j + 1] { failures("\(name) has the value \(lines[j + 1])") }
      }
    }
  }
}

/// A thread that runs a closure once.
private final class CrowdThread {
  private var thread = pthread_t()
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  init(_ run: @escaping () -> Void) {
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, body)
  }

  func join() { pthread_join(thread, nil) }
}
