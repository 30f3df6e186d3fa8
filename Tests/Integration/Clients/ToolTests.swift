import Testing

@Suite("command line tools: memccapable, libmemcached's tools, nc")
struct ToolTests {
  /// memcached's own conformance tool, text part. Every case has to pass: there is no known difference.
  @Test func `memccapable passes every text case`() throws {
    let daemon = try Daemon()
    let program = try Program([Binaries.memccapable, "-h", "127.0.0.1", "-p", "\(daemon.port)", "-a", "-v"])
    let report = program.output + program.errors
    #expect(program.output.matches(of: /\[pass\]/).count == 27, "\(report)")
    #expect(!report.contains("FAIL"), "\(report)")
    #expect(program.output.contains("All tests passed"), "\(report)")
    #expect(program.status == 0)
  }

  @Test func `libmemcached's command line tools`() throws {
    let daemon = try Daemon()
    let client = try daemon.connect()
    for i in 0..<50 { try client.say("set tool:\(i) 0 0 3\nabc", "STORED") }
    func run(_ name: String, _ arguments: String...) throws -> Program {
      try Program(["/usr/bin/\(name)", "--servers=127.0.0.1:\(daemon.port)"] + arguments)
    }
    #expect(try run("memcping").status == 0)
    let statistics = try run("memcstat")
    #expect(statistics.status == 0, "\(statistics.errors)")
    #expect(statistics.output.contains("curr_items: 50"), "\(statistics.output)")
    #expect(try run("memcexist", "tool:1").status == 0)
    #expect(try run("memcexist", "none").status != 0)
    #expect(try run("memccat", "tool:2").output == "abc\n")
    #expect(try run("memctouch", "--expire=100", "tool:3").status == 0)
    #expect(try run("memcrm", "tool:4").status == 0)
    try client.say("get tool:4", "END")
    let listed = try run("memcdump")
    #expect(listed.status == 0, "\(listed.errors)")
    #expect(
      listed.output.split(separator: "\n").sorted()
        == (0..<50).filter { $0 != 4 }.map { "tool:\($0)" }.sorted().map { Substring($0) })
    #expect(try run("memcflush").status == 0)
    try client.say("get tool:1", "END")
  }

  @Test func `printf and nc`() throws {
    let daemon = try Daemon()
    let script = "printf 'set a 0 0 1\\r\\nb\\r\\nget a\\r\\n' | nc -N 127.0.0.1 \(daemon.port)"
    let program = try Program(["/bin/sh", "-c", script])
    #expect(program.status == 0, "\(program.errors)")
    #expect(program.output == "STORED\r\nVALUE a 0 1\r\nb\r\nEND\r\n")
  }
}
