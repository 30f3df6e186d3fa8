import Testing

@testable import HearthConfig

/// What a good file says is what the configuration holds.
@Suite struct FileTests {
  @Test(arguments: [
    "", "\n", "# nothing\n", "---\n", "~", "{}", "\u{feff}", "pools:\nlisteners:\ncommands:\n",
  ])
  func emptyFileIsTheDefaults(text: String) throws {
    #expect(try read(text) == Configuration())
  }

  @Test func everySetting() throws {
    let configuration = try read(
      """
      listeners:
        - tcp: 0.0.0.0
        - tcp: 7
          pool: b
        - unix: /tmp/s
          mode: "0770"
          pool: default
        - udp: "*:9"
      backlog: 10
      reuse_port: yes
      protocol: ascii
      threads: 2
      connection_limit: 11
      idle_timeout: 5m
      requests_per_event: 12
      verbosity: 1
      memory: 1g
      maximum_memory: 2g
      item_size_limit: 20m
      lock_memory: true
      pools:
        - name: a
          prefix: "a:"
          port: 12
          kind: deterministic
          memory: 16m
          item_size_limit: 1536k
          ttl_default: 90
          ttl_maximum: 1d
        - {name: b, memory: 32M}
        - {name: default, kind: deterministic, ttl_maximum: 6h, item_size_limit: 3m}
      commands: {cas: false, flush_all: no, dump: off, shutdown: on}
      statistics: {detail: true, delimiter: "/"}
      admin: {listen: /run/admin.sock, mode: 660}
      process: {user: nobody, pid_file: /run/h.pid, daemonize: true, core_files: true}
      """)
    var expected = Configuration()
    expected.listeners = [
      .tcp(address: "0.0.0.0", port: 11211, pool: nil), .tcp(address: "127.0.0.1", port: 7, pool: "b"),
      .unix(path: "/tmp/s", mode: 0o770, pool: nil), .udp(address: "0.0.0.0", port: 9),
      .tcp(address: "0.0.0.0", port: 12, pool: "a"),
    ]
    expected.backlog = 10
    expected.reusePort = true
    expected.bindingProtocol = .ascii
    expected.threads = 2
    expected.connectionLimit = 11
    expected.idleTimeout = 300
    expected.requestsPerEvent = 12
    expected.verbosity = 1
    expected.memory = 1 << 30
    expected.maximumMemory = 2 << 30
    expected.hasPresetMaximum = false
    expected.itemSizeLimit = 20 << 20
    expected.lockMemory = true
    expected.pools = [
      PoolConfiguration(
        name: "default", kind: .deterministic, memory: (1024 - 48) << 20, itemSizeLimit: 3 << 20,
        ttlMaximum: 21600),
      PoolConfiguration(
        name: "a", prefix: "a:", port: 12, kind: .deterministic, memory: 16 << 20, itemSizeLimit: 1536 << 10,
        ttlDefault: 90, ttlMaximum: 86400),
      // The common limit, 20 MiB, is cut to half the pool.
      PoolConfiguration(name: "b", memory: 32 << 20, itemSizeLimit: 16 << 20),
    ]
    expected.casDisabled = true
    expected.flushDisabled = true
    expected.dumpDisabled = true
    expected.shutdownEnabled = true
    expected.detailStatistics = true
    expected.statisticsDelimiter = UInt8(ascii: "/")
    expected.admin = .unix(path: "/run/admin.sock", mode: 0o660)
    expected.user = "nobody"
    expected.pidFile = "/run/h.pid"
    expected.daemonize = true
    expected.coreFiles = true
    #expect(configuration == expected)
  }

  @Test func aPrefixMayContinueAnother() throws {
    let pools = try read(
      "pools:\n  - {name: a, prefix: u, memory: 8m}\n  - {name: b, prefix: user, memory: 8m}"
    ).pools
    #expect(pools.map(\.prefix) == ["", "u", "user"])
    #expect(pools[0].memory == 48 << 20)
  }

  @Test func windowsLineEnds() throws {
    #expect(try read("threads: 2\r\nverbosity: 1\r\n").threads == 2)
  }

  @Test func flagsOverrideTheFile() throws {
    let file = TemporaryFile(
      "threads: 2\nmemory: 128m\nverbosity: 3\npools: [{name: a, prefix: a, memory: 32m}, {name: default, kind: cache}]"
    )
    let unchanged = try configure("--config", file.path)
    #expect(unchanged.threads == 2 && unchanged.verbosity == 3 && unchanged.pools[0].memory == 96 << 20)
    // The place of --config among the flags does not matter.
    for flags in [
      ["-t", "7", "-m256", "-vM", "--config", file.path], ["--config=\(file.path)", "-t7", "-m256", "-vM"],
    ] {
      let configuration = try run(flags).configuration
      #expect(configuration.threads == 7)
      #expect(configuration.memory == 256 << 20)
      #expect(configuration.verbosity == 1)
      #expect(configuration.evictionsDisabled)
      #expect(configuration.pools.map(\.memory) == [224 << 20, 32 << 20])
    }
    #expect(
      refusal(["--config", file.path, "-m", "32"])
        == "hearthd: -m: 32 MiB does not hold the pools, 32 MiB, and 8 MiB for the default pool; "
        + "give -m 40 or more, or give the pools less")
    #expect(
      refusal(["--config", file.path, "-I", "60m"])
        == "hearthd: -I: 60 MiB is more than half the memory of pool default, 96 MiB; "
        + "give -I 48m or less, or more memory")
  }

  @Test func connectionBuffersHaveASixteenth() throws {
    #expect(try configure("-m", "64").connectionBufferMemory == 4 << 20)
    #expect(try configure("-m", "1024").connectionBufferMemory == 64 << 20)
  }
}
