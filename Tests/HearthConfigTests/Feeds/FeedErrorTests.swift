import Testing

@testable import HearthConfig

/// The section `feeds`: what is said when it is wrong.
struct FeedErrorTests {
  /// The line for a feed in flow style, without the file and the line.
  private func problem(_ feed: String) -> String? {
    refusal(file: FeedTests.pools + "feeds: [\(feed)]").map { String($0.dropFirst("f.yaml:7: ".count)) }
  }

  private static let source = "sources: [{host: localhost, user: u}]"

  @Test(arguments: [
    ("{kind: files}", "feeds[0]: the feed has no name; add name: and a word"),
    ("{name: A}", #"feeds[0].name: "A" is not the name of a feed; use 1 to 64 of a to z, digits, - and _"#),
    ("{name: f, kind: file}", #"feeds[0].kind: "file" is not known here; give one of database, files"#),
    (
      "{name: f, kind: files, sources: []}",
      "feeds[0].sources: unknown key; the keys here are name, kind, pool, path, key, size_limit, follow_links"
    ),
    ("{name: f, tabels: []}", "feeds[0].tabels: unknown key; did you mean tables?"),
    ("{name: f}", "feeds[0]: the feed has no source; add sources: with one server, as in - host: 127.0.0.1"),
    (
      "{name: f, \(source)}",
      "feeds[0]: the feed has no table; add tables: with one, as in - table: photos.users"
    ),
    (
      "{name: f, sources: [{host: h, user: u, password: secret}]}",
      "feeds[0].sources[0].password: a password has no place in this file; write it to a file that only hearthd can read "
        + "and name that with password_file:, or a variable with password_environment:"
    ),
    (
      "{name: f, sources: [{host: h, user: u, pasword_file: /p}]}",
      "feeds[0].sources[0].pasword_file: unknown key; did you mean password_file?"
    ),
    (
      "{name: f, sources: [{user: u}]}",
      "feeds[0].sources[0]: it has no place; add host: or socket:, as in host: 127.0.0.1"
    ),
    (
      "{name: f, sources: [{host: h}]}",
      "feeds[0].sources[0]: it has no user; add user:, the account to log in with"
    ),
    (
      "{name: f, sources: [{host: h, socket: /s, user: u}]}",
      "feeds[0].sources[0].host: there is a socket too; give host: and port:, or socket:"
    ),
    (
      "{name: f, sources: [{socket: s, user: u}]}",
      #"feeds[0].sources[0].socket: "s" is not an absolute path; begin it with a slash"#
    ),
    (
      "{name: f, sources: [{host: 1.2.3, user: u}]}",
      #"feeds[0].sources[0].host: "1.2.3" is not an IPv4 address; give a name or an address, and the port in port:"#
    ),
    (
      "{name: f, sources: [{host: \"db:3306\", user: u}]}",
      #"feeds[0].sources[0].host: "db:3306" is not an IPv6 address; give a name or an address, and the port in port:"#
    ),
    (
      "{name: f, sources: [{host: h, port: 0, user: u}]}",
      "feeds[0].sources[0].port: 0 is out of range; give 1 to 65535"
    ),
    (
      "{name: f, sources: [{host: h, user: u, tls: maybe}]}",
      #"feeds[0].sources[0].tls: "maybe" is not known here; give one of required, verify, off"#
    ),
    (
      "{name: f, sources: [{host: localhost, user: u, ca: /c}]}",
      "feeds[0].sources[0].ca: the connection has no TLS; add tls: verify, or remove the key"
    ),
    (
      "{name: f, sources: [{host: h, user: u, key: /c}]}",
      "feeds[0].sources[0].key: a client's certificate and its key belong together; give certificate: and key:, or neither"
    ),
    (
      "{name: f, sources: [{host: h, user: u, password_file: /p, password_environment: P}]}",
      "feeds[0].sources[0].password_environment: there are two places of the password; keep one of password_file and "
        + "password_environment"
    ),
    (
      "{name: f, sources: [{host: h, user: u, password_environment: A=B}]}",
      #"feeds[0].sources[0].password_environment: "A=B" is not the name of a variable; write it as in DB_PASSWORD"#
    ),
    ("{name: f, server_id: 0}", "feeds[0].server_id: 0 is out of range; give 1 to 4294967295"),
    ("{name: f, checkpoint: c}", #"feeds[0].checkpoint: "c" is not an absolute path; begin it with a slash"#),
    (
      "{name: f, load_rows_per_second: fast}",
      #"feeds[0].load_rows_per_second: "fast" is not a number; give a whole number, or one with k or m, as in 200k"#
    ),
    ("{name: f, chunk_rows: 2m}", #"feeds[0].chunk_rows: "2m" is out of range; give 1 to 1000000"#),
    (
      "{name: f, sweep: often}",
      #"feeds[0].sweep: "often" is not a duration; give seconds, or a number with s, m, h or d, as in 30m"#
    ),
    (
      "{name: f, while_reloading: lie}",
      #"feeds[0].while_reloading: "lie" is not known here; give one of serve, refuse"#
    ),
    ("{name: f, kind: files}", "feeds[0]: the feed has no path; add path:, the absolute path of a directory"),
    (
      "{name: f, kind: files, path: srv}",
      #"feeds[0].path: "srv" is not an absolute path; begin it with a slash"#
    ),
    (
      "{name: f, kind: files, path: /s, key: \"{id}\"}",
      #"feeds[0].key: a file has no "id"; the keys of files are made of {path}, {name} and {extension}"#
    ),
    (
      "{name: f, kind: files, path: /s, size_limit: 2m}",
      "feeds[0].size_limit: 2 MiB is more than one item of pool default may have, 1 MiB; give 1m or less, or raise "
        + "item_size_limit"
    ),
    (
      "{name: f, kind: files, pool: users, path: /s}",
      #"feeds[0]: "{path}" does not lead to pool users but to pool default; begin it with the pool's prefix, user:, "#
        + "or name pool: default"
    ),
  ])
  func `a mistake in a feed costs one line`(feed: String, line: String) {
    #expect(problem(feed) == line)
  }

  @Test(arguments: [
    ("{key: k}", "tables[0]: it names no table; add table:, as in table: photos.users"),
    (
      "{table: users, key: k}",
      #"tables[0].table: "users" is not a table; write DATABASE.TABLE, as in photos.users"#
    ),
    ("{table: d.t}", #"tables[0]: nothing is made of the rows of "d.t"; add key:, as in key: "user:{id}""#),
    (
      "{table: d.t, key: k}, {table: d.t, key: l}",
      #"tables[1].table: the table "d.t" is there already; add to its entries: instead"#
    ),
    (
      "{table: d.t, key: \"k:{id\"}",
      "tables[0].key: column 3, a { is never closed; close it, as in {id}, or write {{ for a brace in the key"
    ),
    (
      "{table: d.t, key: k, where: \"a = \"}",
      "tables[0].where: column 5, a constant was expected, not the end; compare with a number or a text in quotes, as in 42 "
        + "or 'abc'"
    ),
    ("{table: d.t, pool: usrs, key: k}", #"tables[0].pool: there is no pool "usrs"; did you mean users?"#),
    ("{table: d.t, pool: nowhere, key: k}", #"tables[0].pool: there is no pool "nowhere"; add it to pools"#),
    (
      "{table: d.t, pool: users, key: \"{id}\"}",
      #"tables[0].key: "{id}" does not lead to pool users but to pool default; begin it with the pool's prefix, user:, or "#
        + "name pool: default"
    ),
    (
      "{table: d.t, pool: photos, key: \"photos:old:{id}\"}",
      #"tables[0].key: "photos:old:{id}" does not lead to pool photos but to pool old; begin it with the pool's prefix, "#
        + "photos:, or name pool: old"
    ),
    (
      "{table: d.t, key: \"user:{id}\"}",
      #"tables[0].key: "user:{id}" does not lead to pool default but to pool users; begin it otherwise, or name pool: users"#
    ),
    (
      "{table: d.t, key: \"gen/{id}\"}",
      #"tables[0].key: keys that begin with "gen/" are the counters of groups; begin it otherwise"#
    ),
    (
      "{table: d.t, key: k, entries: [{key: l}]}",
      "tables[0].key: the table has an entry of its own and entries:; move it to entries:, or keep it alone"
    ),
    (
      "{table: d.t, entries: [{ttl: 1}]}",
      #"tables[0].entries[0]: it has no key; add key:, as in key: "user:{id}""#
    ),
    ("{table: d.t, ttl: 1}", #"tables[0]: it has no key; add key:, as in key: "user:{id}""#),
    (
      "{table: d.t, entries: [{key: k}, {key: k}]}",
      #"tables[0].entries[1].key: "k" is already a key of d.t; give each entry of the feed its own key"#
    ),
    (
      "{table: d.t, key: k}, {table: d.u, key: k}",
      #"tables[1].key: "k" is already a key of d.t; give each entry of the feed its own key"#
    ),
    (
      "{table: d.t, pool: users, key: \"user:{id}\", ttl: 1h}",
      "tables[0].ttl: pool users is deterministic, so nothing in it expires; remove the key, or make the pool kind: cache"
    ),
    (
      "{table: d.t, key: k, on_delete: maybe}",
      #"tables[0].on_delete: "maybe" is not known here; give one of delete, keep"#
    ),
    ("{table: d.t, key: k, flags: -1}", "tables[0].flags: -1 is out of range; give 0 to 4294967295"),
    (
      "{table: d.t, key: k, value: xml}",
      #"tables[0].value: "xml" is not known here; write json, {columns: [id, name]}, {column: html} or {template: FILE}"#
    ),
    (
      "{table: d.t, key: k, value: {}}",
      "tables[0].value: it must be one thing; write json, {columns: [id, name]}, {column: html} or {template: FILE}"
    ),
    (
      "{table: d.t, key: k, value: {column: a, columns: [b]}}",
      "tables[0].value: it must be one thing; write json, {columns: [id, name]}, {column: html} or {template: FILE}"
    ),
    (
      "{table: d.t, key: k, value: {columns: []}}",
      "tables[0].value.columns: there are 0 columns; name one at least, or write value: json for all"
    ),
    (
      "{table: d.t, key: k, value: {columns: [a, a]}}",
      #"tables[0].value.columns[1]: the column "a" is there already; name it once"#
    ),
    (
      "{table: d.t, key: k, value: {template: /no/such/file}}",
      "tables[0].value.template: /no/such/file cannot be read, No such file or directory; check the path; it begins where "
        + "this file is"
    ),
    (
      "{table: d.t, key: k, value: {template: /tmp}}",
      "tables[0].value.template: /tmp is not a regular file; name the template's file"
    ),
    (
      "{table: d.t, pool: users, bump: [\"user:{id}\"]}",
      "tables[0].bump[0]: pool users is deterministic, so none of its groups can be made void; remove the key, or make the "
        + "pool kind: cache"
    ),
    (
      "{table: d.t, pool: old, bump: [\"photos:old:{id}\"]}",
      "tables[0].bump[0]: the group is in pool old, which keeps no generations; add generations: true to that pool"
    ),
    (
      "{table: d.t, pool: photos, bump: [\"photos:{id}\", \"photos:{id}\"]}",
      "tables[0].bump[1]: the group is there already; name it once"
    ),
    (
      "{table: d.t, requery: [{key: k}]}",
      "tables[0].requery[0]: it has no statement; add sql:, as in sql: select 1"
    ),
    (
      "{table: d.t, requery: [{key: \"k:{a}\", sql: \"select :b\"}]}",
      #"tables[0].requery[0].sql: the parameter :b is not in the key "k:{a}"; add {b} to the key, so that each key has "#
        + "one result"
    ),
    (
      "{table: d.t, requery: [{key: k, sql: \"drop table t\"}]}",
      "tables[0].requery[0].sql: column 1, the statement does not read; begin it with select or with"
    ),
    (
      "{table: d.t, key: k, requery: [{key: k, sql: select 1}]}",
      #"tables[0].requery[0].key: "k" is already a key of d.t; give each entry of the feed its own key"#
    ),
    (
      "{table: d.t, pool: users, requery: [{key: \"user:{a}\", sql: select 1, ttl: 5}]}",
      "tables[0].requery[0].ttl: pool users is deterministic, so nothing in it expires; remove the key, or make the pool "
        + "kind: cache"
    ),
  ])
  func `a mistake in a table costs one line`(table: String, line: String) {
    #expect(problem("{name: f, \(Self.source), tables: [\(table)]}") == "feeds[0].\(line)")
  }

  @Test
  func `two feeds of one name are refused`() {
    #expect(
      problem("{name: f, kind: files, path: /a}, {name: f, kind: files, path: /b}")
        == #"feeds[1].name: there is already a feed "f"; give each feed its own name"#)
  }

  @Test
  func `nothing in a fed deterministic pool ends by itself`() {
    func problem(_ rule: String) -> String? {
      refusal(
        file: "pools:\n - {name: a, kind: deterministic, memory: 8m, prefix: a, \(rule)}\n"
          + "feeds: [{name: f, kind: files, pool: a, path: /s, key: \"a{path}\"}]")
    }
    #expect(
      problem("ttl_maximum: 5")
        == "f.yaml:2: pools[0].ttl_maximum: pool a is deterministic and fed, so nothing in it expires; remove the key, or "
        + "make it kind: cache")
    #expect(
      problem("generations: true")
        == "f.yaml:2: pools[0]: pool a is deterministic and fed, so none of its groups can be made void; remove "
        + "generations:, or make it kind: cache")
    #expect(problem("item_size_limit: 1m") == nil)
  }

  @Test
  func `a broken template is shown with its name and line`() {
    let file = TemporaryFile("<p>\n{{#a}}{{b}}")
    let line = problem(
      "{name: f, \(Self.source), tables: [{table: d.t, key: k, value: {template: \(file.path)}}]}")
    #expect(
      line?.hasPrefix(
        "feeds[0].tables[0].value.template: \(file.path), line 2: it is not a Mustache template near") == true
    )
    let large = TemporaryFile(String(repeating: "x", count: (64 << 10) + 1))
    #expect(
      problem("{name: f, \(Self.source), tables: [{table: d.t, key: k, value: {template: \(large.path)}}]}")
        == "feeds[0].tables[0].value.template: \(large.path) is larger than 64 KiB; make it smaller")
  }

  @Test
  func `more feeds than threads make sense are refused`() {
    let many = (0..<17).map { "{name: f\($0), kind: files, path: /s}" }.joined(separator: ", ")
    #expect(problem(many) == "feeds: there are 17 feeds; give 16 at most")
  }
}
