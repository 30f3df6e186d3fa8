import Testing

@testable import HearthConfig

/// The section `feeds`: what it means.
struct FeedTests {
  static let pools = """
    memory: 256m
    pools:
      - {name: users, kind: deterministic, memory: 16m, prefix: "user:"}
      - {name: photos, memory: 16m, prefix: "photos:", generations: true}
      - {name: old, memory: 16m, prefix: "photos:old:"}
      - {name: port, memory: 16m, port: 11999}

    """

  private func database(_ text: String) throws -> DatabaseFeedConfiguration {
    let configuration = try read(Self.pools + text)
    guard case .database(let database) = try #require(configuration.feeds.first).source else {
      throw ConfigurationError("it is no database")
    }
    return database
  }

  @Test
  func `a file without feeds has none, and no pool is fed`() throws {
    let configuration = try read(Self.pools)
    #expect(configuration.feeds.isEmpty)
    #expect(configuration.pools.allSatisfy { !$0.isFed })
    #expect(try read("feeds:").feeds.isEmpty)
    #expect(try read("feeds: []") == Configuration())
  }

  @Test
  func `all keys of a database feed`() throws {
    let feed = try database(
      """
      feeds:
        - name: shop
          kind: database
          pool: users
          sources:
            - {host: db1.example, port: 3307, user: hearth, password_file: /etc/p, tls: required, ca: /ca}
            - {socket: /run/m.sock, user: hearth, password_environment: DB_PASSWORD}
            - {host: "::1", user: hearth}
            - {host: "[::1]", user: hearth}
            - {host: db2.example, user: hearth, certificate: /c, key: /k}
          query_from: {host: 127.0.0.1, user: reader}
          server_id: 4294967295
          checkpoint: /var/c
          load_rows_per_second: 5m
          chunk_rows: 2k
          sweep: 1d
          while_reloading: refuse
          tables:
            - table: photos.users
              where: "active = 1"
              entries:
                - {key: "user:{id}", value: json}
                - {key: "user:n:{name}", value: {columns: [id, name]}, flags: 4294967295, on_delete: keep}
                - {key: "user:h:{id}", value: {column: html}}
            - table: photos.photos
              pool: photos
              key: "photos:{id}"
              ttl: 1h
              flags: 7
              bump: ["photos:u:{user_id}"]
              requery:
                - {key: "photos:l:{user_id}", sql: "select id from photos where user_id = :user_id", ttl: 2h, flags: 1}
                - {key: "photos:n:{user_id}", sql: "select count(*) from photos", value: single}
      """)
    #expect(
      feed.sources.map(\.place.description) == [
        "db1.example:3307", "/run/m.sock", "[::1]:3306", "[::1]:3306", "db2.example:3306",
      ])
    #expect(feed.sources.map(\.tls) == [.required, .off, .off, .off, .verify])
    #expect(
      feed.sources.map(\.password) == [.file("/etc/p"), .environment("DB_PASSWORD"), .none, .none, .none])
    #expect(feed.sources[0].certificateAuthority == "/ca")
    #expect(feed.sources[4].certificate == "/c" && feed.sources[4].key == "/k")
    #expect(
      feed.queryFrom == DatabaseServer(place: .tcp(host: "127.0.0.1", port: 3306), user: "reader", tls: .off))
    #expect(feed.serverID == 4_294_967_295)
    #expect(feed.checkpoint == "/var/c")
    #expect(feed.loadRowsPerSecond == 5_000_000)
    #expect(feed.chunkRows == 2000)
    #expect(feed.sweep == 86_400)
    #expect(feed.whileReloading == .refuse)

    let users = feed.tables[0]
    #expect(users.name == "photos.users" && users.pool == "users")
    let condition = try RowCondition("active = 1")
    #expect(users.filter == condition)
    #expect(users.entries.map(\.key.description) == ["user:{id}", "user:n:{name}", "user:h:{id}"])
    #expect(
      users.entries.map(\.value) == [.json(columns: []), .json(columns: ["id", "name"]), .column("html")])
    #expect(users.entries.map(\.flags) == [0, 4_294_967_295, 0])
    #expect(users.entries.map(\.onDelete) == [.delete, .keep, .delete])
    #expect(users.foreignPrefixes == ["gen/"])

    let photos = feed.tables[1]
    #expect(photos.pool == "photos" && photos.filter == nil)
    #expect(photos.entries.count == 1 && photos.entries[0].ttl == 3600 && photos.entries[0].flags == 7)
    #expect(photos.bumps.map(\.description) == ["photos:u:{user_id}"])
    #expect(photos.requeries.map(\.value) == [.list, .single])
    #expect(photos.requeries[0].statement.text == "select id from photos where user_id = ?")
    #expect(photos.requeries[0].statement.parameters == ["user_id"])
    #expect(photos.requeries[0].ttl == 7200 && photos.requeries[0].flags == 1)
    // A row could lead there.
    #expect(photos.foreignPrefixes == ["photos:old:", "gen/"])
  }

  private static let least =
    "feeds: [{name: f, sources: [{host: localhost, user: u}], tables: [{table: d.t, key: \"k:{id}\"}]}]"

  @Test
  func `what is not said has its default`() throws {
    let configuration = try read(Self.least)
    let id = try database(Self.least).serverID
    #expect(id >= 1 << 31)
    let again = try database(Self.least).serverID
    #expect(again == id)
    var expected = DatabaseFeedConfiguration(
      sources: [DatabaseServer(place: .tcp(host: "localhost", port: 3306), user: "u", tls: .off)],
      serverID: id, tables: [])
    var table = TableConfiguration(database: "d", table: "t", pool: "default")
    table.entries = [EntryConfiguration(key: try KeyTemplate("k:{id}"))]
    expected.tables = [table]
    #expect(configuration.feeds == [FeedConfiguration(name: "f", source: .database(expected))])
    #expect(configuration.pools[0].isFed)
  }

  @Test
  func `a feed's preset id depends on the machine and its name, and is stable`() {
    let id = DatabaseFeedConfiguration.presetServerID(machine: "a", feed: "shop")
    #expect(id == 0x8000_0000 | fnv("a\0shop"))
    #expect(id != DatabaseFeedConfiguration.presetServerID(machine: "b", feed: "shop"))
    #expect(id != DatabaseFeedConfiguration.presetServerID(machine: "a", feed: "shop2"))
  }

  private func fnv(_ text: String) -> UInt32 {
    text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
  }

  @Test
  func `pools that a feed fills are marked`() throws {
    let configuration = try read(
      Self.pools
        + """
        feeds:
          - {name: a, kind: files, pool: users, path: /srv, key: "user:{path}"}
          - {name: b, kind: files, pool: users, path: /srv2, key: "user:{path}"}
          - {name: c, kind: files, pool: port, path: /srv3, size_limit: 1k, follow_links: never}
        """)
    #expect(configuration.pools.filter(\.isFed).map(\.name) == ["users", "port"])
    guard case .files(let files) = configuration.feeds[2].source else {
      Issue.record("it is no directory")
      return
    }
    var expected = FileFeedConfiguration(
      pool: "port", path: "/srv3", key: try KeyTemplate("{path}"), sizeLimit: 1024)
    expected.links = .never
    #expect(files == expected)
    guard case .files(let first) = configuration.feeds[0].source else { return }
    #expect(first.sizeLimit == 1 << 20 && first.links == .within)
  }

  @Test
  func `a template is read beside the file that names it`() throws {
    let configuration = try configure("--config", "\(packageRoot)/Config/feed.yaml")
    guard case .database(let feed) = configuration.feeds[0].source,
      case .page(let page) = feed.tables[0].entries[2].value
    else {
      Issue.record("there is no template")
      return
    }
    #expect(page.path == "\(packageRoot)/Config/profile.mustache")
    #expect(page.columns == ["name", "city"])
  }
}
