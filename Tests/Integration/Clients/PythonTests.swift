import Testing

/// Each program is one session of a client library; it names its own failures on standard error.
@Suite("Python clients")
struct PythonTests {
  @Test func `pymemcache`() throws {
    try run("pymemcache_session.py", [try Daemon(), try Daemon()])
  }

  @Test func `pylibmc, text protocol`() throws {
    try run("pylibmc_session.py", [try Daemon(), try Daemon()])
  }

  /// The same sessions, unchanged, where every rule of herd protection is on.
  @Test(arguments: ["pymemcache_session.py", "pylibmc_session.py"])
  func `with herd protection`(_ name: String) throws {
    let rules =
      "early_refresh: {before: 10%}, serve_stale: 1s, coalesce: {wait: 200ms, lease: 500ms}, hold_off: 1s, generations: true"
    try run(name, [try herdDaemon(rules), try herdDaemon(rules)])
  }

  private func run(
    _ name: String, _ daemons: [Daemon], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
    let program = try Program(
      [Binaries.python, "-B", "/\(folder)/Python/\(name)"] + daemons.map { "\($0.port)" })
    #expect(program.status == 0, "\(program.errors)", sourceLocation: sourceLocation)
    // A session that stopped half-way in silence is not one that passed.
    #expect(program.output.hasSuffix("all done\n"), "\(program.output)", sourceLocation: sourceLocation)
    for daemon in daemons { #expect(daemon.isRunning, sourceLocation: sourceLocation) }
  }
}
