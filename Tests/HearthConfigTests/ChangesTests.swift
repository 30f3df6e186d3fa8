import Testing

@testable import HearthConfig

/// What a reload changes at once, and what it names as waiting for a restart.
@Suite struct ChangesTests {
  private static let text = """
    memory: 128m
    pools:
      - {name: a, prefix: a, memory: 32m}
      - {name: b, prefix: b, memory: 16m}
    """

  private func changes(_ edit: (inout Configuration) -> Void) throws -> (
    applied: [ConfigurationChange], needsRestart: [String]
  ) {
    let old = try read(Self.text)
    var new = old
    edit(&new)
    return old.changes(to: new)
  }

  @Test func nothing() throws {
    let changes = try changes { _ in }
    #expect(changes.applied.isEmpty && changes.needsRestart.isEmpty)
  }

  @Test func online() throws {
    let changes = try changes {
      $0.verbosity = 2
      $0.connectionLimit = 5
      $0.idleTimeout = 6
      $0.memory = 256 << 20
      $0.pools[0].memory = 100 << 20
      $0.pools[1].memory = 16 << 20
      $0.pools[1].itemSizeLimit = 2048
      $0.pools[2].ttlMaximum = 60
    }
    #expect(changes.needsRestart.isEmpty)
    #expect(
      changes.applied == [
        .verbosity(2), .connectionLimit(5), .idleTimeout(6), .memory(256 << 20),
        // Shrinking makes room for growing.
        .poolMemory(pool: 1, name: "a", bytes: 16 << 20),
        .poolMemory(pool: 0, name: "default", bytes: 100 << 20),
        .poolItemSizeLimit(pool: 1, name: "a", bytes: 2048),
        .poolTTL(pool: 2, name: "b", default: 0, maximum: 60),
      ])
    #expect(
      changes.applied.map(\.description) == [
        "verbosity is 2 now", "connection_limit is 5 now", "idle_timeout is 6 s now",
        "memory is 256 MiB now, 16 MiB of it for connections' buffers",
        "pool a: memory is 16 MiB now", "pool default: memory is 100 MiB now",
        "pool a: item_size_limit is 2 KiB now", "pool b: ttl_default is 0 s, ttl_maximum 60 s now",
      ])
  }

  private static let fixed: [(String, @Sendable (inout Configuration) -> Void)] = [
    ("listeners: needs a restart", { $0.listeners.removeAll() }),
    ("mutex.listen: needs a restart", { $0.mutex = MutexConfiguration(listeners: $0.listeners) }),
    ("reuse_port: needs a restart", { $0.reusePort.toggle() }),
    ("backlog: needs a restart", { $0.backlog += 1 }),
    ("threads: needs a restart", { $0.threads += 1 }),
    ("requests_per_event: needs a restart", { $0.requestsPerEvent += 1 }),
    ("protocol: needs a restart", { $0.bindingProtocol = .ascii }),
    (
      "maximum_memory: needs a restart",
      {
        $0.maximumMemory += 1
        $0.hasPresetMaximum = false
      }
    ),
    ("generations.prefix: needs a restart", { $0.generationPrefix = "g/" }),
    ("generations.delimiter: needs a restart", { $0.generationDelimiter += 1 }),
    ("lock_memory: needs a restart", { $0.lockMemory.toggle() }),
    ("commands.cas: needs a restart", { $0.casDisabled.toggle() }),
    ("commands.flush_all: needs a restart", { $0.flushDisabled.toggle() }),
    ("commands.dump: needs a restart", { $0.dumpDisabled.toggle() }),
    ("commands.shutdown: needs a restart", { $0.shutdownEnabled.toggle() }),
    ("statistics.detail: needs a restart", { $0.detailStatistics.toggle() }),
    ("statistics.delimiter: needs a restart", { $0.statisticsDelimiter += 1 }),
    ("admin: needs a restart", { $0.admin = .tcp(address: "127.0.0.1", port: 5) }),
    (
      "feeds: needs a restart",
      {
        let files = FileFeedConfiguration(
          pool: "a", path: "/srv", key: KeyTemplate(pieces: [.column("path")]), sizeLimit: 1)
        $0.feeds = [FeedConfiguration(name: "f", source: .files(files))]
      }
    ),
    (
      "cluster: needs a restart",
      {
        let address = ClusterConfiguration.Address(host: "127.0.0.1", port: 1)
        $0.cluster = ClusterConfiguration(nodes: [.init(name: "a", address: address, peer: address)], own: 0)
      }
    ),
    ("pool a: copies: needs a restart", { $0.pools[1].copies = [[0]] }),
    ("process.user: needs a restart", { $0.user = "nobody" }),
    ("process.pid_file: needs a restart", { $0.pidFile = "/run/h.pid" }),
    ("process.daemonize: needs a restart", { $0.daemonize.toggle() }),
    ("process.core_files: needs a restart", { $0.coreFiles.toggle() }),
    ("pool a: kind: needs a restart", { $0.pools[1].kind = .deterministic }),
    ("pool a: prefix: needs a restart", { $0.pools[1].prefix = "x" }),
    ("pool a: port: needs a restart", { $0.pools[1].port = 5 }),
    ("pool a: generations: needs a restart", { $0.pools[1].keepsGenerations = true }),
    (
      "memory: 2 GiB is more than maximum_memory was at the start, 1 GiB; needs a restart",
      { $0.memory = 2 << 30 }
    ),
  ]

  @Test(arguments: fixed.indices) func fixedAtStart(index: Int) throws {
    let (line, edit) = Self.fixed[index]
    let changes = try changes(edit)
    #expect(changes.applied.isEmpty)
    #expect(changes.needsRestart == [line])
  }

  private func mapChange(
    _ place: String, from old: String, to new: String
  ) throws -> (applied: [String], needsRestart: [String]) {
    func configuration(_ copies: String) throws -> Configuration {
      try read(
        """
        cluster:
          node: a
          \(place)
          nodes:
            - {name: a, address: "127.0.0.1:1", peer: "127.0.0.1:2"}
            - {name: b, address: "127.0.0.1:3", peer: "127.0.0.1:4"}
            - {name: c, address: "127.0.0.1:5", peer: "127.0.0.1:6"}
        pools:
          - {name: default, copies: \(copies)}
        """)
    }
    let changes = try configuration(old).changes(to: configuration(new))
    return (changes.applied.map(\.description), changes.needsRestart)
  }

  @Test(arguments: [
    ("state_file: /var/lib/h", "[[a, b]]", "[[a, b, c]]"), ("state_file: /var/lib/h", "[[a]]", "[[a], [b]]"),
    ("state_file: /var/lib/h", "[[a], [b]]", "[[a, b]]"),
    ("etcd: {endpoints: [\"127.0.0.1:2379\"]}", "[[a, b]]", "[[c]]"), ("", "[[a], [b]]", "[[a], [b, c]]"),
  ])
  func mapChangesOnline(place: String, old: String, new: String) throws {
    let changes = try mapChange(place, from: old, to: new)
    #expect(changes.needsRestart == [] && changes.applied.count == 1)
  }

  @Test(arguments: [
    ("", "[[a, b]]", "[[a, b, c]]", "with etcd: or state_file: in cluster: it can change while they run"),
    ("", "[[a, b]]", "[[a], [b]]", "with etcd: or state_file: in cluster: it can change while they run"),
    ("", "[[a], [b]]", "[[a, b]]", "because no pool would have a second copy"),
    ("state_file: /var/lib/h", "[[a], [b]], min_ready: 2", "[[a, b]]", "replication, min_ready and lag_time"),
  ])
  func mapNeedsRestart(place: String, old: String, new: String, reason: String) throws {
    let changes = try mapChange(place, from: old, to: new)
    #expect(changes.applied == [])
    #expect(changes.needsRestart.contains { $0.contains(reason) }, "\(changes.needsRestart)")
  }

  /// A setting that is added to Configuration must be added to `changes` and to this suite.
  @Test func everySettingIsCovered() throws {
    let settings = Mirror(reflecting: Configuration()).children.compactMap(\.label)
    let online = ["connectionLimit", "idleTimeout", "verbosity", "memory", "itemSizeLimit", "pools"]
    let poolLines = Self.fixed.count { $0.0.hasPrefix("pool ") || $0.0.hasPrefix("memory: ") }
    // `hasPresetMaximum` is no setting: it says how `maximumMemory` came about.
    #expect(settings.count - 1 == online.count + Self.fixed.count - poolLines)
  }

  @Test func anotherSetOfPools() throws {
    let old = try read(Self.text)
    let new = try read(
      "memory: 256m\npools:\n  - {name: b, prefix: b, memory: 16m}\n  - {name: c, prefix: c, memory: 8m}")
    let changes = old.changes(to: new)
    #expect(changes.applied.isEmpty)
    #expect(
      changes.needsRestart == [
        "pools: the new pool c needs a restart, and so do the pools' other changes",
        "pools: removing a needs a restart, and so do the pools' other changes",
        "memory: needs a restart, because the pools do",
      ])
  }

  @Test func raisedMemoryWithoutAMaximumOfItsOwn() throws {
    let changes = try read("memory: 64m").changes(to: try read("memory: 512m"))
    #expect(changes.applied == [.memory(512 << 20), .poolMemory(pool: 0, name: "default", bytes: 512 << 20)])
    #expect(changes.needsRestart.isEmpty)
    #expect(
      try read("memory: 64m").changes(to: try read("memory: 64m\nmaximum_memory: 3g")).needsRestart
        == ["maximum_memory: needs a restart"])
  }

  @Test func aMaximumThatNobodyChoseIsNoChange() throws {
    let old = try read("memory: 2g")
    var running = old
    running.memory = 512 << 20
    running.pools[0].memory = 512 << 20
    #expect(running.changes(to: old).needsRestart.isEmpty)
    // A start in little address space reserved less.
    running.maximumMemory = 3 << 30
    #expect(running.changes(to: old).needsRestart.isEmpty)
  }

  /// The order of the pools in the file means nothing; indices are those of the running configuration.
  @Test func reorderedPools() throws {
    let old = try read(Self.text)
    var new = old
    new.pools.swapAt(1, 2)
    new.pools[1].ttlDefault = 9
    #expect(old.changes(to: new).applied == [.poolTTL(pool: 2, name: "b", default: 9, maximum: 0)])
  }
}
