import Testing

@testable import HearthConfig

/// Every mistake in a file costs its author one line that says where, what and what to do.
@Suite struct FileErrorTests {
  @Test(arguments: [
    ("theads: 4", "f.yaml:1: theads: unknown key; did you mean threads?"),
    (
      "commands:\n  zzzz: 1",
      "f.yaml:2: commands.zzzz: unknown key; the keys here are cas, flush_all, dump, shutdown"
    ),
    (
      "pools:\n  - name: a\n    prefx: x",
      "f.yaml:3: pools[0].prefx: unknown key; did you mean prefix?"
    ),
    ("Threads: 4", "f.yaml:1: Threads: unknown key; did you mean threads?"),
    (
      "\"a\\nb\": 4\n",
      #"f.yaml:1: a\u{a}b: unknown key; the keys here are listeners, backlog, reuse_port, "#
        + "protocol, threads, connection_limit, idle_timeout, requests_per_event, verbosity, memory, maximum_memory, "
        + "item_size_limit, lock_memory, pools, generations, mutex, commands, statistics, process, admin, feeds, cluster"
    ),
    ("threads: 4\nthreads: 5", "f.yaml:1: threads: the key is given more than once; keep one of them"),
    ("threads: four", #"f.yaml:1: threads: "four" is not a whole number; give 1 to 64"#),
    ("threads: 04", #"f.yaml:1: threads: "04" is not a whole number; give 1 to 64"#),
    ("threads: 4.5", #"f.yaml:1: threads: "4.5" is not a whole number; give 1 to 64"#),
    ("threads: [4]", "f.yaml:1: threads: it must be a whole number, not a list; write it as in 1"),
    ("threads: {a: 4}", "f.yaml:1: threads: it must be a whole number, not a mapping; write it as in 1"),
    ("threads:", "f.yaml:1: threads: it has no value; give a whole number, as in 1, or remove the key"),
    ("\n\nthreads: 0", "f.yaml:3: threads: 0 is out of range; give 1 to 64"),
    ("threads: 65", "f.yaml:1: threads: 65 is out of range; give 1 to 64"),
    (
      "threads: 99999999999999999999",
      #"f.yaml:1: threads: "99999999999999999999" is not a whole number; give 1 to 64"#
    ),
    ("backlog: 0", "f.yaml:1: backlog: 0 is out of range; give 1 to 65535"),
    ("verbosity: 4", "f.yaml:1: verbosity: 4 is out of range; give 0 to 3"),
    ("reuse_port: maybe", #"f.yaml:1: reuse_port: "maybe" is neither true nor false; write true or false"#),
    ("protocol: binary", #"f.yaml:1: protocol: "binary" is not known here; give one of auto, ascii"#),
    (
      "idle_timeout: 5 minutes",
      #"f.yaml:1: idle_timeout: "5 minutes" is not a duration; give seconds, or a number with s, m, h or d, as in 30m"#
    ),
    ("idle_timeout: 2d", #"f.yaml:1: idle_timeout: "2d" is out of range; give 0 to 86400 seconds"#),
    ("memory: 4m", "f.yaml:1: memory: 4 MiB is smaller than the smallest arena, 8 MiB; give 8m or more"),
    ("memory: 64", "f.yaml:1: memory: 64 bytes is smaller than the smallest arena, 8 MiB; give 8m or more"),
    (
      "memory: 64mb",
      #"f.yaml:1: memory: "64mb" is not a size; give bytes, or a number with k, m or g, as in 64m"#
    ),
    ("memory: -1g", #"f.yaml:1: memory: "-1g" is out of range; give 0 bytes to 4 TiB"#),
    (
      "memory: 9999999999999999999g",
      #"f.yaml:1: memory: "9999999999999999999g" is not a size; give bytes, or a number with k, m or g, as in 64m"#
    ),
    (
      "memory: 2g\nmaximum_memory: 1g",
      "f.yaml:2: maximum_memory: 1 GiB is less than the memory limit itself, 2 GiB; "
        + "give 2048m or more, or remove the key"
    ),
    ("item_size_limit: 512", #"f.yaml:1: item_size_limit: "512" is out of range; give 1 KiB to 1 GiB"#),
    (
      "memory: 64m\nitem_size_limit: 33m",
      "f.yaml:2: item_size_limit: 33 MiB is more than half the memory of pool default, 64 MiB; "
        + "give 32m or less, or more memory"
    ),
    ("- a", "f.yaml:1: it must be a mapping; write KEY: VALUE lines here"),
    ("just words", "f.yaml:1: it must be a mapping; write KEY: VALUE lines here"),
    ("? [a, b]\n: 1", "f.yaml:1: a key must be one word; write KEY: VALUE lines here"),
    ("commands: [cas]", "f.yaml:1: commands: it must be a mapping; write KEY: VALUE lines here"),
    ("commands:\n  cas: 1", #"f.yaml:2: commands.cas: "1" is neither true nor false; write true or false"#),
    (
      "statistics:\n  delimiter: \"::\"",
      #"f.yaml:2: statistics.delimiter: "::" is not one visible ASCII character; give one, as in :"#
    ),
    ("process:\n  user: ''", "f.yaml:2: process.user: the text is empty; give one, or leave this out"),
    (
      "threads: 4\n\tbacklog: 5",
      "f.yaml:2: not valid YAML, while scanning a plain scalar, found a tab character that violates indentation; "
        + "indent with spaces, not tabs"
    ),
    (
      "threads: \"4",
      "f.yaml:1: not valid YAML, while scanning a quoted scalar, found unexpected end of stream; "
        + "check the indentation, colons and quotes before column 12"
    ),
    (
      "threads: *four",
      "f.yaml:1: not valid YAML, found undefined alias; write the value out"
    ),
    (
      "threads: 4\n---\nthreads: 5",
      "f.yaml:2: there is a second document; keep one, without --- lines between"
    ),
  ])
  func mistake(text: String, line: String) { #expect(refusal(file: text) == line) }

  @Test(arguments: [
    ("listeners: 11211", "f.yaml:1: listeners: it must be a list; begin each entry with a dash"),
    (
      "listeners: []", "f.yaml:1: listeners: the list is empty; add - tcp: 127.0.0.1:11211, or remove the key"
    ),
    (
      "listeners:\n  - tcp: 1\n    udp: 2",
      "f.yaml:2: listeners[0]: a listener has exactly one of tcp, unix and udp; write one entry for each"
    ),
    (
      "listeners:\n  - pool: default",
      "f.yaml:2: listeners[0]: a listener has exactly one of tcp, unix and udp; write one entry for each"
    ),
    (
      "listeners:\n  - 127.0.0.1:1",
      "f.yaml:2: listeners[0]: it must be a mapping; write KEY: VALUE lines here"
    ),
    (
      "listeners:\n  - tcp: 127.0.0.1:70000",
      #"f.yaml:2: listeners[0].tcp: invalid port number "70000"; give a port from 0 to 65535"#
    ),
    (
      "listeners:\n  - tcp: 70000",
      #"f.yaml:2: listeners[0].tcp: invalid port number "70000"; give a port from 0 to 65535"#
    ),
    (
      "listeners:\n  - tcp: 127.0.0.999:1",
      #"f.yaml:2: listeners[0].tcp: "127.0.0.999" is not an IPv4 address; write it as in 127.0.0.1"#
    ),
    (
      "listeners:\n  - tcp: '[::1:1'",
      #"f.yaml:2: listeners[0].tcp: "[::1:1" has no closing bracket; write [::1]:11211"#
    ),
    (
      "listeners:\n  - tcp: '[::zz]:1'",
      #"f.yaml:2: listeners[0].tcp: "::zz" is not an IPv6 address; write [::1]:11211"#
    ),
    (
      "listeners:\n  - tcp: 'a b:1'",
      #"f.yaml:2: listeners[0].tcp: "a b" is not an address; give an IP address or a host name, as in 127.0.0.1"#
    ),
    (
      "listeners:\n  - tcp: 127.0.0.1:1\n    mode: 700",
      "f.yaml:3: listeners[0].mode: only a unix socket has a mode; remove the key"
    ),
    (
      "listeners:\n  - unix: /tmp/s\n    mode: 999",
      #"f.yaml:3: listeners[0].mode: "999" is not an octal mode; give permission bits up to 777, as in 700"#
    ),
    (
      "listeners:\n  - unix: /\(String(repeating: "a", count: 107))",
      "f.yaml:2: listeners[0].unix: the path of a unix socket has at most 107 bytes; choose a shorter path"
    ),
    (
      "listeners:\n  - udp: 1\n    pool: a",
      "f.yaml:3: listeners[0].pool: a UDP listener has no pool of its own; remove the key, and give the pool a prefix"
    ),
    (
      "listeners:\n  - tcp: 5\n  - tcp: 127.0.0.1:5",
      "f.yaml:3: listeners[1].tcp: tcp 127.0.0.1:5 is already a listener of pool default; "
        + "give each listener its own address or port"
    ),
    (
      "listeners:\n  - tcp: 5\n    pool: sesions\npools:\n  - {name: sessions, prefix: s, memory: 8m}",
      #"f.yaml:3: listeners[0].pool: there is no pool "sesions"; did you mean sessions?"#
    ),
    (
      "listeners:\n  - tcp: 5\n    pool: unheard-of",
      #"f.yaml:3: listeners[0].pool: there is no pool "unheard-of"; add it to pools, or remove the key"#
    ),
  ])
  func badListener(text: String, line: String) { #expect(refusal(file: text) == line) }

  @Test(arguments: [
    ("pools: {name: a}", "f.yaml:1: pools: it must be a list; begin each entry with a dash"),
    ("pools:\n  - {memory: 8m}", "f.yaml:2: pools[0]: the pool has no name; add name: and a word"),
    (
      "pools:\n  - {name: a b, prefix: a, memory: 8m}",
      #"f.yaml:2: pools[0].name: "a b" is not a pool name; use 1 to 64 letters, digits, dots, - and _"#
    ),
    (
      "pools:\n  - {name: \u{e9}, prefix: a, memory: 8m}",
      "f.yaml:2: pools[0].name: \"\u{e9}\" is not a pool name; use 1 to 64 letters, digits, dots, - and _"
    ),
    (
      "pools:\n  - {name: a, prefix: a, memory: 8m}\n  - {name: a, prefix: b, memory: 8m}",
      #"f.yaml:3: pools[1].name: there is already a pool "a"; give each pool its own name"#
    ),
    (
      "pools:\n  - {name: a, prefix: x, memory: 8m}\n  - {name: b, prefix: x, memory: 8m}",
      #"f.yaml:3: pools[1].prefix: "x" is already the prefix of pool a; give each pool its own prefix"#
    ),
    (
      "pools:\n  - {name: a, port: 5, memory: 8m}\n  - {name: b, port: 5, memory: 8m}",
      "f.yaml:3: pools[1].port: tcp 127.0.0.1:5 is already a listener of pool a; "
        + "give each listener its own address or port"
    ),
    (
      "pools:\n  - {name: a, port: 11211, memory: 8m}",
      "f.yaml:2: pools[0].port: tcp 127.0.0.1:11211 is already a listener of pool default; "
        + "give each listener its own address or port"
    ),
    (
      "pools:\n  - {name: a, memory: 8m}",
      "f.yaml:2: pools[0]: nothing leads to pool a; give it a prefix, a port or a listener"
    ),
    (
      "pools:\n  - {name: a, prefix: ''}",
      "f.yaml:2: pools[0].prefix: an empty prefix is the default pool's; "
        + "write the bytes the pool's keys begin with, or remove the key"
    ),
    (
      "pools:\n  - {name: a, prefix: 'a b'}",
      #"f.yaml:2: pools[0].prefix: "a b" cannot begin a key; use at most 249 bytes without blanks and control "#
        + "characters"
    ),
    (
      "pools:\n  - {name: a, prefix: a}",
      "f.yaml:2: pools[0]: pool a has no memory; add memory:, for example memory: 16m"
    ),
    (
      "pools:\n  - {name: a, prefix: a, memory: 1m}",
      "f.yaml:2: pools[0].memory: 1 MiB is smaller than the smallest arena, 8 MiB; give 8m or more"
    ),
    (
      "memory: 64m\npools:\n  - {name: a, prefix: a, memory: 48m}\n  - {name: b, prefix: b, memory: 48m}",
      "f.yaml:4: pools[1].memory: the pools take 96 MiB, more than the 64 MiB in all; "
        + "raise memory to 104m, or give the pools less"
    ),
    (
      "memory: 64m\npools:\n  - {name: a, prefix: a, memory: 60m}",
      "f.yaml:3: pools[0].memory: the pools leave 4 MiB for the default pool, which needs 8 MiB; "
        + "raise memory to 68m, or give the pools less"
    ),
    (
      "memory: 1g\npools:\n  - {name: a, prefix: a, memory: 8m, item_size_limit: 5m}",
      "f.yaml:3: pools[0].item_size_limit: 5 MiB is more than half the memory of pool a, 8 MiB; "
        + "give 4m or less, or more memory"
    ),
    (
      "pools:\n  - {name: a, prefix: a, memory: 8m, kind: fifo}",
      #"f.yaml:2: pools[0].kind: "fifo" is not known here; give one of cache, deterministic"#
    ),
    (
      "pools:\n  - {name: a, prefix: a, memory: 8m, ttl_default: 2h, ttl_maximum: 1h}",
      "f.yaml:2: pools[0].ttl_default: 7200 seconds is more than ttl_maximum, 3600 seconds; "
        + "lower ttl_default or raise ttl_maximum"
    ),
    (
      "pools:\n  - {name: default, memory: 8m}",
      "f.yaml:2: pools[0].memory: the default pool gets what the other pools leave; "
        + "remove the key, or change memory at the top level"
    ),
    (
      "pools:\n  - {name: default, prefix: a}",
      "f.yaml:2: pools[0].prefix: the default pool has no prefix; remove the key: it takes what no other pool claims"
    ),
    (
      "pools:\n  - {name: default, port: 5}",
      "f.yaml:2: pools[0].port: the default pool has no port of its own; use listeners: for its addresses"
    ),
  ])
  func badPool(text: String, line: String) { #expect(refusal(file: text) == line) }

  @Test func moreThan64Pools() {
    let pools = (0..<65).map { "  - {name: p\($0), prefix: p\($0), memory: 8m}\n" }.joined()
    #expect(
      refusal(file: "memory: 1g\npools:\n\(pools)") == "f.yaml:2: pools: there are 65 pools; give 64 at most")
  }
}
