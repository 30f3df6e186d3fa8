import HearthAdmin
import Testing

@testable import hearthctl

/// What people see.
@Suite struct OutputTests {
  @Test func quantities() {
    #expect(
      [0, 1023, 1024, 1536, 64 << 20, .max].map(Format.bytes) == [
        "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "64.0 MiB", "16777215.9 TiB",
      ])
    #expect(
      [0, 59, 61, 3600, 90_000].map { Format.duration(seconds: $0) } == [
        "0 s", "59 s", "1 min 1 s", "1 h 0 min", "1 d 1 h",
      ])
    #expect([9999, 10_000].map { Format.hold(milliseconds: $0) } == ["9999 ms", "10 s"])
    #expect(Format.printable("a\u{1b}[2J\u{7f}é") == "a?[2J?é")
  }

  @Test func status() throws {
    let status = AdminStatus(
      version: "1.2.3", uptime: 62, pid: 9,
      pools: [
        .init(name: "default", kind: "cache", items: 12, bytes: 2048, limit: 64 << 20),
        .init(name: "p", kind: "deterministic", items: 1_000_000, bytes: 0, limit: 8 << 20),
      ])
    #expect(
      StatusCommand.text(status.json) == """
        hearthd 1.2.3, process 9, up 1 min 2 s

        POOL     KIND             ITEMS    BYTES     LIMIT
        default  cache               12  2.0 KiB  64.0 MiB
        p        deterministic  1000000      0 B   8.0 MiB
        """)
    #expect(StatusCommand.text(.object([("version", .string("1"))])) == nil)
  }

  @Test func locks() {
    let lock = LockListing(
      key: "9e107d9d372bb6826bd81d3542a419d6", owner: 17, heldForMilliseconds: 1500, waiters: 3)
    #expect(
      LocksCommand.text(.object([("locks", .array([lock.json]))])) == """
        KEY (MD5)                         OWNER     HELD  WAITERS
        9e107d9d372bb6826bd81d3542a419d6     17  1500 ms        3
        """)
    #expect(LocksCommand.text(.object([("locks", .array([]))])) == "no locks are held")
    #expect(LocksCommand.text(.object([("locks", .array([.null]))])) == nil)
  }

  @Test(arguments: [
    [], ["bump"], ["bump", ""], ["bump", "a", "b"], ["locks", "--limit", "0"], ["locks", "--limit", "10001"],
    ["status", "--address", "a b"], ["status", "x"], ["nothing"],
  ]) func refusedArguments(arguments: [String]) {
    #expect(throws: (any Error).self) {
      var command = try Hearthctl.parseAsRoot(arguments)
      // Without a subcommand the help is shown.
      try command.run()
    }
  }

  @Test func optionsStandBeforeOrBehindTheSubcommand() throws {
    for arguments in [["--address", "/s", "--json", "status"], ["status", "--address", "/s", "--json"]] {
      let command = try #require(try Hearthctl.parseAsRoot(arguments) as? StatusCommand)
      #expect(command.options.address == .unix(path: "/s") && command.options.json)
    }
  }
}
