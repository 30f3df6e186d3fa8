import CHearth
import Glibc
import Testing

@testable import HearthAdmin

/// The interface over real sockets, good clients and bad ones.
@Suite struct ServerTests {
  private let target = FakeTarget()

  private func serve(_ change: (inout AdminLimits) -> Void = { _ in }) throws -> (
    server: AdminServer, port: UInt16
  ) {
    signal(SIGPIPE, SIG_IGN)
    var limits = AdminLimits()
    change(&limits)
    let server = AdminServer(try AdminSocket(tcp: "127.0.0.1", port: 0), target: target, limits: limits)
    try server.start()
    return (server, try #require(server.ports.first?.port))
  }

  private func get(_ path: String, _ headers: String = "Host: localhost\r\n") -> String {
    "GET \(path) HTTP/1.1\r\n\(headers)\r\n"
  }

  private func post(_ body: String, _ headers: String = "Content-Type: application/json\r\n") -> String {
    "POST /v1/bump HTTP/1.1\r\nHost: 127.0.0.1\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  @Test func answersAndCloses() throws {
    let (server, port) = try serve()
    defer { server.stop() }
    for _ in 0..<100 {
      let answer = try #require(try Visitor(port: port).ask(get("/v1/health")))
      #expect(answer.status == 200)
      #expect(answer.body == #"{"status":"ok"}"# + "\n")
    }
    let bumped = try #require(try Visitor(port: port).ask(post(#"{"group":"a"}"#)))
    #expect(bumped.body == #"{"group":"a","generation":43}"# + "\n")
  }

  @Test func headers() throws {
    let (server, port) = try serve()
    defer { server.stop() }
    let visitor = try Visitor(port: port)
    visitor.send(get("/v1/bump"))
    let text = try #require(visitor.readToEnd())
    #expect(text.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
    for header in [
      "Allow: POST", "Content-Type: application/json", "Connection: close", "Cache-Control: no-store",
    ] {
      #expect(text.contains("\r\n\(header)\r\n"), "\(header) in \(text)")
    }
  }

  @Test func aLimitInTheQueryArrives() throws {
    let (server, port) = try serve()
    defer { server.stop() }
    _ = try Visitor(port: port).ask(get("/v1/locks?limit=7"))
    #expect(target.limits.withLock { $0 } == [7])
  }

  @Test(arguments: [
    ("DELETE /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    ("OPTIONS /v1/bump HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    ("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ("GET /v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
    ("GET /v1/status HTTP/1.1\r\n\r\n", 403),
    ("GET http://evil.example/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n", 403),
    ("POST /v1/bump HTTP/1.1\r\nHost: localhost\r\nContent-Length: 13\r\n\r\n{\"group\":\"a\"}", 415),
    (
      "POST /v1/bump HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: 10\r\n\r\n{\"group\":\"", 400
    ),
    ("BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 501),
    ("GET\r\n\r\n", 400), ("\u{80}\u{1}\u{2}\r\n\r\n", 400), ("get a\r\n", 400),
    ("GET /v1/status HTTP/1.1\r\nno colon\r\n\r\n", 400),
    ("POST /v1/bump HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
    (
      "POST /v1/bump HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n"
        + "Content-Type: application/json\r\n\r\n", 413
    ),
  ])
  func badRequests(request: String, status: Int) throws {
    let (server, port) = try serve()
    defer { server.stop() }
    #expect(try Visitor(port: port).ask(request)?.status == status)
    #expect(target.bumped.withLock { $0.isEmpty })
    #expect(try Visitor(port: port).ask(get("/v1/health"))?.status == 200)
  }

  @Test func aBodyAboveTheLimitIsNamed() throws {
    let (server, port) = try serve()
    defer { server.stop() }
    let answer = try #require(try Visitor(port: port).ask(post(String(repeating: "x", count: 100_000))))
    #expect(answer.status == 413)
    #expect(answer.body == #"{"error":"the body has 100000 bytes and may have 65536"}"# + "\n")
    #expect(target.bumped.withLock { $0.isEmpty })
  }

  /// The server does not read what it will not use.
  @Test func aHugeBodyIsCutOff() throws {
    let (server, port) = try serve()
    defer { server.stop() }
    for headers in ["Content-Length: 67108864\r\n", "Transfer-Encoding: chunked\r\n"] {
      let visitor = try Visitor(port: port)
      visitor.send(
        "POST /v1/bump HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(headers)\r\n")
      let piece = String(repeating: "x", count: 1 << 16)
      for _ in 0..<64 { visitor.send(headers.contains("chunked") ? "10000\r\n\(piece)\r\n" : piece) }
      // The answer may be lost when the connection is reset below it.
      #expect(visitor.readToEnd() != nil)
      #expect(try Visitor(port: port).ask(get("/v1/health"))?.status == 200)
    }
    #expect(target.bumped.withLock { $0.isEmpty })
  }

  @Test func headersAreBounded() throws {
    let (server, port) = try serve()
    defer { server.stop() }
    for request in [
      get("/v1/health", "Host: localhost\r\nX: \(String(repeating: "x", count: 20_000))\r\n"),
      get("/v1/health", String(repeating: "X: y\r\n", count: 5000)),
      "GET /\(String(repeating: "x", count: 20_000)) HTTP/1.1\r\n\r\n",
    ] {
      let visitor = try Visitor(port: port)
      visitor.send(request)
      let text = try #require(visitor.readToEnd())
      #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 400 "), "\(text)")
    }
  }

  @Test func aSilentClientIsCutOff() throws {
    let (server, port) = try serve { $0.silence = 1 }
    defer { server.stop() }
    for start in [
      "", "GET /v1/hea", "POST /v1/bump HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n{",
    ] {
      let visitor = try Visitor(port: port)
      visitor.send(start)
      #expect(!visitor.hears(withinMilliseconds: 500))
      #expect(visitor.readToEnd() == "")
    }
    #expect(try Visitor(port: port).ask(get("/v1/health"))?.status == 200)
  }

  @Test func aClientThatDribblesIsCutOff() throws {
    let (server, port) = try serve { $0.life = 1 }
    defer { server.stop() }
    let visitor = try Visitor(port: port)
    let began = hearth_monotonic_ns()
    visitor.send("GET /v1/health HTTP/1.1\r\nX: ")
    while !visitor.hears(withinMilliseconds: 50) {
      visitor.send("x")
      try #require(hearth_monotonic_ns() - began < 15_000_000_000, "still open")
    }
    #expect(hearth_monotonic_ns() - began >= 1_000_000_000)
  }

  /// More clients than may be served wait, and are served when others go.
  @Test func connectionsAreBounded() throws {
    let (server, port) = try serve { $0.connections = 4 }
    defer { server.stop() }
    var idle = try (0..<4).map { _ in try Visitor(port: port) }
    let waiting = try Visitor(port: port)
    waiting.send(get("/v1/health"))
    #expect(!waiting.hears(withinMilliseconds: 400))
    idle.removeLast()
    #expect(waiting.readToEnd()?.hasPrefix("HTTP/1.1 200 ") == true)
  }

  @Test func nothingIsLeftOpen() throws {
    let (server, port) = try serve { $0.connections = 4 }
    // Far more than the bound, one after the other, half of them rude.
    for i in 0..<200 {
      let visitor = try Visitor(port: port)
      if i % 2 == 0 {
        #expect(visitor.ask(get("/v1/health"))?.status == 200)
      } else {
        visitor.send("GET /v1")
      }
    }
    server.stop()
    #expect(throws: Visitor.CannotConnect.self) { try Visitor(port: port) }
  }

  @Test func stopEndsOpenConnections() throws {
    let (server, port) = try serve()
    let visitor = try Visitor(port: port)
    visitor.send("GET /v1")
    usleep(50_000)
    server.stop()
    #expect(visitor.readToEnd() == "")
    server.stop()
  }
}
