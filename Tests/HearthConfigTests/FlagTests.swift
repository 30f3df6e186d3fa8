import Testing

@testable import HearthConfig

/// The flags mean what memcached 1.6 means by them.
@Suite struct FlagTests {
  @Test func noFlags() throws {
    let (configuration, notes) = try run([])
    #expect(configuration == Configuration())
    #expect(configuration.listeners == [.tcp(address: "127.0.0.1", port: 11211, pool: nil)])
    #expect(notes.isEmpty)
  }

  private static let effects: [([String], @Sendable (Configuration) -> Bool)] = [
    (["-m", "128"], { $0.memory == 128 << 20 && $0.pools[0].memory == 128 << 20 }),
    (["-m128"], { $0.memory == 128 << 20 }),
    (["-m", " 128"], { $0.memory == 128 << 20 }),
    (["--memory-limit=128"], { $0.memory == 128 << 20 }),
    (["--memory-limit", "128"], { $0.memory == 128 << 20 }),
    (["--memory-l", "128"], { $0.memory == 128 << 20 }),
    (["-m", "8"], { $0.memory == 8 << 20 }),
    (["-m", "1024"], { $0.maximumMemory == 4 << 30 }),
    (["-m", "64"], { $0.maximumMemory == 1 << 30 }),
    (["-M"], { $0.evictionsDisabled && $0.pools[0].kind == .deterministic }),
    (["-I", "2m"], { $0.itemSizeLimit == 2 << 20 && $0.pools[0].itemSizeLimit == 2 << 20 }),
    (["-I", "2M"], { $0.itemSizeLimit == 2 << 20 }),
    (["-I", "512k"], { $0.itemSizeLimit == 512 << 10 }),
    (["-I", "5000"], { $0.itemSizeLimit == 5000 }),
    (["-I", "1024m", "-m", "2048"], { $0.itemSizeLimit == 1 << 30 }),
    (["-I", "1g", "-m", "2048"], { $0.itemSizeLimit == 1 << 30 }),
    (["-k"], { $0.lockMemory }),
    (["-t", "8"], { $0.threads == 8 }),
    (["-t", "64"], { $0.threads == 64 }),
    (["-c", "10000"], { $0.connectionLimit == 10000 }),
    (["-R", "1000"], { $0.requestsPerEvent == 1000 }),
    (["-v"], { $0.verbosity == 1 }),
    (["-vvv"], { $0.verbosity == 3 }),
    (["-v", "-vvvv"], { $0.verbosity == 3 }),
    (["--verbose", "-v"], { $0.verbosity == 2 }),
    (["--verbose=3"], { $0.verbosity == 1 }),
    (["-A"], { $0.shutdownEnabled }),
    (["-C"], { $0.casDisabled }),
    (["-F"], { $0.flushDisabled }),
    (["-X"], { $0.dumpDisabled }),
    (["-D", "/"], { $0.statisticsDelimiter == UInt8(ascii: "/") && $0.detailStatistics }),
    (["-d"], { $0.daemonize }),
    (["-r"], { $0.coreFiles }),
    (["-u", "nobody"], { $0.user == "nobody" }),
    (["-P", "/run/h.pid"], { $0.pidFile == "/run/h.pid" }),
    (["-b", "4096"], { $0.backlog == 4096 }),
    (["-B", "ascii"], { $0.bindingProtocol == .ascii }),
    (["-B", "auto"], { $0.bindingProtocol == .auto }),
    (["-o", "idle_timeout=30"], { $0.idleTimeout == 30 }),
    (["-o", "modern,idle_timeout=30,"], { $0.idleTimeout == 30 }),
    (
      ["-dMFvvm64", "-t2"], { $0.daemonize && $0.evictionsDisabled && $0.flushDisabled && $0.verbosity == 2 }
    ),
    (["-t", "2", "-t", "3"], { $0.threads == 3 }),
    (["stray", "-t", "3"], { $0.threads == 3 }),
    (["--", "-t", "3"], { $0.threads == 4 }),
  ]

  @Test(arguments: effects.indices) func effect(index: Int) throws {
    let (flags, holds) = Self.effects[index]
    #expect(holds(try run(flags).configuration), "\(flags)")
  }

  @Test(arguments: [
    (["-m", "4"], "hearthd: -m: 4 MiB is smaller than the smallest arena, 8 MiB; give -m 8 or more"),
    (["-m", "0"], "hearthd: -m: 0 bytes is smaller than the smallest arena, 8 MiB; give -m 8 or more"),
    (["-m", "-1"], "hearthd: -m: -1 is out of range; give 0 to 4194304"),
    (["-m", "64k"], #"hearthd: -m: "64k" is not a whole number of MiB; give 0 to 4194304"#),
    (["-m", ""], #"hearthd: -m: "" is not a whole number of MiB; give 0 to 4194304"#),
    (["-m"], "hearthd: -m: the flag needs a value; give one after it"),
    (["--memory-limit"], "hearthd: -m: the flag needs a value; give one after it"),
    (["--daemon=1"], "hearthd: -d: the flag takes no value; remove what follows the ="),
    (["-Q"], #"hearthd: "-Q": unknown flag; hearthd -h lists them"#),
    (["-dQ"], #"hearthd: "-Q": unknown flag; hearthd -h lists them"#),
    (["--thread-count=1"], #"hearthd: "--thread-count": unknown flag; hearthd -h lists them"#),
    (["--treads=1"], #"hearthd: "--treads": unknown flag; did you mean --threads?"#),
    (["--p", "1"], #"hearthd: "--p": unknown flag; did you mean --port or --protocol or --pidfile?"#),
    (["-p", "abc"], #"hearthd: -p: "abc" is not a whole number; give -1 to 65535"#),
    (["-p", "70000"], "hearthd: -p: 70000 is out of range; give -1 to 65535"),
    (["-U", "70000"], "hearthd: -U: 70000 is out of range; give -1 to 65535"),
    (["-t", "0"], "hearthd: -t: 0 is out of range; give 1 to 64"),
    (["-t", "65"], "hearthd: -t: 65 is out of range; give 1 to 64"),
    (["-c", "0"], "hearthd: -c: 0 is out of range; give 1 to 1000000"),
    (["-R", "0"], "hearthd: -R: 0 is out of range; give 1 to 1000000"),
    (["-b", "x"], #"hearthd: -b: "x" is not a whole number; give 1 to 65535"#),
    (["-I", "512"], #"hearthd: -I: "512" is out of range; give 1k to 1024m"#),
    (["-I", "2g"], #"hearthd: -I: "2g" is out of range; give 1k to 1024m"#),
    (["-I", "big"], #"hearthd: -I: "big" is not a size; give bytes, or a number with k or m, as in -I 2m"#),
    (
      ["-I", "64m"],
      "hearthd: -I: 64 MiB is more than half the memory of pool default, 64 MiB; give -I 32m or less, or more memory"
    ),
    (
      ["-a", "999"],
      #"hearthd: -a: "999" is not an octal mode; give permission bits up to 777, as in -a 700"#
    ),
    (["-D", "ab"], #"hearthd: -D: "ab" is not one visible ASCII character; give one, as in :"#),
    (["-l", ","], "hearthd: -l: there is no address; give one, as in -l 127.0.0.1"),
    (["-l", "127.0.0.1:abc"], #"hearthd: -l: invalid port number "abc"; give a port from 0 to 65535"#),
    (
      ["-l", "notls:127.0.0.1"], "hearthd: -l: notls: is for TLS, which is not in this version yet; remove it"
    ),
    (
      ["-l", "proto[binary]:127.0.0.1"],
      "hearthd: -l: the binary protocol is not in this version yet; use auto or ascii"
    ),
    (["-s", ""], "hearthd: -s: the path is empty; give the path of a socket"),
    (["-B", "binary"], "hearthd: -B: the binary protocol is not in this version yet; use auto or ascii"),
    (["-B", "foo"], #"hearthd: -B: "foo" is not a protocol; give auto or ascii"#),
    (
      ["-S"],
      "hearthd: -S: SASL authentication is not in this version yet; "
        + "remove the flag, and listen where only trusted clients reach"
    ),
    (
      ["-Y", "f"],
      "hearthd: -Y: authentication is not in this version yet; "
        + "remove the flag, and listen where only trusted clients reach"
    ),
    (
      ["-Z"],
      "hearthd: -Z: TLS is not in this version yet; remove the flag, or put a TLS proxy before hearthd"
    ),
    (["-e", "f"], "hearthd: -e: the restart file is not in this version yet; remove the flag"),
    (["-o", "foo"], #"hearthd: -o: unknown option "foo"; hearthd -h lists them"#),
    (["-o", "hash_power"], #"hearthd: -o: unknown option "hash_power"; did you mean hashpower?"#),
    (["-o", "ssl_key=k"], #"hearthd: -o: "ssl_key": TLS is not in this version yet; remove the option"#),
    (["-o", "proxy_config=k"], #"hearthd: -o: "proxy_config": hearthd is not a proxy; remove the option"#),
    (
      ["-o", "idle_timeout"],
      "hearthd: -o: idle_timeout needs a number of seconds; give idle_timeout=0 to 86400"
    ),
    (
      ["-o", "idle_timeout=x"],
      #"hearthd: -o: idle_timeout needs a number of seconds, not "x"; give idle_timeout=0 to 86400"#
    ),
    (["--config", "a", "--config", "b"], "hearthd: --config: there are two files; give one"),
    (["--config"], "hearthd: --config: the flag needs a value; give one after it"),
  ])
  func mistake(flags: [String], line: String) { #expect(refusal(flags) == line) }

  @Test func extendedOptionsOfMemcachedAreAccepted() throws {
    // Every suboption of memcached 1.6 but those for TLS and the proxy.
    let names = """
      maxconns_fast hashpower no_hashexpand slab_reassign slab_automove slab_automove_ratio slab_automove_window \
      tail_repair_time hash_algorithm lru_crawler lru_crawler_sleep lru_crawler_tocrawl lru_maintainer hot_lru_pct \
      warm_lru_pct hot_max_factor warm_max_factor temporary_ttl watcher_logbuf_size worker_logbuf_size \
      slab_sizes slab_chunk_max track_sizes no_inline_ascii_resp modern no_modern no_chunked_items \
      no_slab_reassign no_slab_automove no_maxconns_fast inline_ascii_resp no_lru_crawler no_lru_maintainer \
      no_drop_privileges drop_privileges resp_obj_mem_limit read_buf_mem_limit relaxed_privileges sock_cookie_id \
      ext_path ext_page_size ext_wbuf_size ext_threads ext_io_depth ext_item_size ext_item_age ext_low_ttl \
      ext_drop_unread ext_recache_rate ext_compact_under ext_drop_under ext_max_frag ext_max_sleep \
      slab_automove_freeratio
      """.split(separator: " ")
    for name in names {
      let notes = try run(["-o", "\(name)=1,idle_timeout=5"]).notes
      #expect(notes.count == 1 && notes[0].hasPrefix("hearthd: -o \(name) has no meaning here: "), "\(notes)")
    }
  }

  @Test func notesAreSaidOnce() throws {
    #expect(
      try notes("-o", "hashpower=20,lru_crawler", "-o", "hashpower=21", "-f", "1.25", "-L", "extra") == [
        "hearthd: -o hashpower has no meaning here: the index grows by itself",
        "hearthd: -o lru_crawler has no meaning here: expired items are always collected",
        "hearthd: -f has no meaning here: there are no slab classes",
        "hearthd: -L has no meaning here: the index always asks for huge pages",
        #"hearthd: "extra" belongs to no flag and is ignored"#,
      ])
    #expect(try notes("-n", "48", "-W", "-N", "2").count == 3)
  }
}
