import Testing

@testable import HearthConfig

/// The section `mutex`: what it means, and what is said when it is wrong.
@Suite struct MutexTests {
  @Test func absentOrEmptyIsOff() throws {
    #expect(try read("memory: 64m").mutex == nil)
    #expect(try read("mutex:\n").mutex == nil)
    #expect(try read("mutex: ~\n").mutex == nil)
  }

  @Test func presetsAreTheOriginals() throws {
    let mutex = try #require(try read("mutex: {listen: 11290}").mutex)
    #expect(mutex == MutexConfiguration(listeners: [.tcp(address: "127.0.0.1", port: 11290, pool: nil)]))
    #expect(mutex.mode == .notify && mutex.timeOut == 30_000)
  }

  @Test func allKeys() throws {
    let mutex = try #require(
      try read(
        """
        mutex:
          listen:
            - 127.0.0.2
            - "[::1]:7"
            - /run/km.sock
          socket_mode: 0770
          mode: queue
          time_out: 1500ms
          connection_limit: 20
          waiter_limit: 5
        """
      ).mutex)
    #expect(
      mutex.listeners == [
        .tcp(address: "127.0.0.2", port: 11290, pool: nil), .tcp(address: "::1", port: 7, pool: nil),
        .unix(path: "/run/km.sock", mode: 0o770, pool: nil),
      ])
    #expect(mutex.mode == .queue && mutex.timeOut == 1500)
    #expect(mutex.connectionLimit == 20 && mutex.waiterLimit == 5)
  }

  @Test func theLimitOfWaitersFollowsTheLimitOfConnections() throws {
    #expect(try read("mutex: {listen: 1, connection_limit: 77}").mutex?.waiterLimit == 77)
  }

  @Test(arguments: [
    ("500ms", 500), ("30", 30_000), ("30s", 30_000), ("2m", 120_000), ("1h", 3_600_000), ("1d", 86_400_000),
    ("250MS", 250),
  ])
  func timeOut(_ text: String, _ milliseconds: Int) throws {
    #expect(try read("mutex: {listen: 1, time_out: \(text)}").mutex?.timeOut == milliseconds)
  }

  @Test(arguments: [
    (
      "mutex:\n  mode: queue",
      "f.yaml:1: mutex: it has no place to listen at; add listen:, for example listen: 127.0.0.1:11290, "
        + "or remove the section"
    ),
    (
      "mutex:\n  listen: []",
      "f.yaml:1: mutex: it has no place to listen at; add listen:, for example listen: 127.0.0.1:11290, "
        + "or remove the section"
    ),
    (
      "mutex:\n  listen:",
      "f.yaml:2: mutex.listen: it has no value; give an address or a path, as in 127.0.0.1:11290, or remove the key"
    ),
    (
      "mutex:\n  listen: {a: 1}",
      "f.yaml:2: mutex.listen: it must be an address or a path, not a mapping; write it as in 127.0.0.1:11290"
    ),
    (
      "mutex:\n  listen:\n    - 1\n    - run/km.sock",
      #"f.yaml:4: mutex.listen[1]: "run/km.sock" is not an absolute path; begin it with a slash"#
    ),
    (
      "mutex:\n  listen: 70000",
      #"f.yaml:2: mutex.listen: invalid port number "70000"; give a port from 0 to 65535"#
    ),
    (
      "mutex:\n  listen: 11211",
      "f.yaml:2: mutex.listen: tcp 127.0.0.1:11211 is already a listener; give each its own address or port"
    ),
    (
      "mutex:\n  listen: [/a, /a]",
      "f.yaml:2: mutex.listen[1]: unix /a is already a listener; give each its own address or port"
    ),
    (
      "mutex:\n  listen: 1\n  socket_mode: 700",
      "f.yaml:3: mutex.socket_mode: only a unix socket has a mode; add a path to listen:, or remove the key"
    ),
    (
      "mutex:\n  listen: /a\n  socket_mode: 999",
      #"f.yaml:3: mutex.socket_mode: "999" is not an octal mode; give permission bits up to 777, as in 700"#
    ),
    (
      "mutex:\n  listen: 1\n  mode: tell",
      #"f.yaml:3: mutex.mode: "tell" is not known here; give one of notify, queue"#
    ),
    (
      "mutex:\n  listen: 1\n  time_out: soon",
      #"f.yaml:3: mutex.time_out: "soon" is not a duration; give seconds, or a number with ms, s, m, h or d, "#
        + "as in 500ms"
    ),
    (
      "mutex:\n  listen: 1\n  time_out: 9223372036854775807",
      #"f.yaml:3: mutex.time_out: "9223372036854775807" is not a duration; give seconds, or a number with ms, s, "#
        + "m, h or d, as in 500ms"
    ),
    (
      "mutex:\n  listen: 1\n  time_out: 99ms",
      #"f.yaml:3: mutex.time_out: "99ms" is out of range; give 100ms to 1d"#
    ),
    (
      "mutex:\n  listen: 1\n  time_out: 2d",
      #"f.yaml:3: mutex.time_out: "2d" is out of range; give 100ms to 1d"#
    ),
    (
      "mutex:\n  listen: 1\n  connection_limit: 0",
      "f.yaml:3: mutex.connection_limit: 0 is out of range; give 1 to 250000"
    ),
    (
      "mutex:\n  listen: 1\n  waiter_limit: 250001",
      "f.yaml:3: mutex.waiter_limit: 250001 is out of range; give 1 to 250000"
    ),
    (
      "mutex:\n  listen: 11290\nadmin:\n  listen: 11290",
      "f.yaml:4: admin.listen: tcp 127.0.0.1:11290 is the mutex port; give the admin interface its own port or path"
    ),
    ("mutex:\n  timeout: 3", "f.yaml:2: mutex.timeout: unknown key; did you mean time_out?"),
  ])
  func mistakes(_ text: String, _ line: String) { #expect(refusal(file: text) == line) }

  @Test func rulesChangeOnlineAndPlacesDoNot() throws {
    let old = try read("mutex: {listen: 1}")
    let new = try read(
      "mutex: {listen: 1, mode: queue, time_out: 250ms, connection_limit: 5, waiter_limit: 4}")
    let changes = old.changes(to: new)
    #expect(changes.needsRestart.isEmpty)
    #expect(
      changes.applied.map(\.description) == [
        "mutex.mode is queue now", "mutex.time_out is 250ms now", "mutex.connection_limit is 5 now",
        "mutex.waiter_limit is 4 now",
      ])
    let moved = try read("mutex: {listen: 2}")
    #expect(old.changes(to: moved).needsRestart == ["mutex.listen: needs a restart"])
    #expect(old.changes(to: try read("memory: 64m")).needsRestart == ["mutex.listen: needs a restart"])
  }
}
