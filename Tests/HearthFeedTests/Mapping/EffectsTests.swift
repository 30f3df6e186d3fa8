import HearthConfig
import HearthFeed
import Testing

/// What events do to the entries.
struct EffectsTests {
  private static let shape = columns("id:integer:key name:text active:integer")

  private func inserted(_ configuration: TableConfiguration, _ after: [Cell]) throws -> [String] {
    var effects = RowEffects()
    try TableMapping(configuration, id: 3, columns: Self.shape).insert(row(after), into: &effects)
    return lines(effects)
  }

  private func updated(
    _ configuration: TableConfiguration, _ before: [Cell], _ after: [Cell]
  ) throws -> [String] {
    var effects = RowEffects()
    try TableMapping(configuration, id: 3, columns: Self.shape).update(
      row(before), to: row(after), into: &effects)
    return lines(effects)
  }

  private func deleted(_ configuration: TableConfiguration, _ before: [Cell]) throws -> [String] {
    var effects = RowEffects()
    try TableMapping(configuration, id: 3, columns: Self.shape).delete(row(before), into: &effects)
    return lines(effects)
  }

  @Test
  func `a new row is stored under each of its keys`() throws {
    #expect(
      try inserted(try table("u:{id}", "n:{name}"), cells(1, "Ada", 1)) == [
        #"store u:1 {"id":1,"name":"Ada","active":1}"#, #"store n:Ada {"id":1,"name":"Ada","active":1}"#,
      ])
  }

  @Test
  func `a deleted row takes its entries along, but those that are kept`() throws {
    var configuration = try table("u:{id}", "n:{name}")
    #expect(try deleted(configuration, cells(1, "Ada", 1)) == ["delete u:1", "delete n:Ada"])
    configuration.entries[1].onDelete = .keep
    #expect(try deleted(configuration, cells(1, "Ada", 1)) == ["delete u:1"])
    // Another key is not a deleted row.
    #expect(
      try updated(configuration, cells(1, "Ada", 1), cells(1, "Bo", 1)) == [
        "delete n:Ada", #"store u:1 {"id":1,"name":"Bo","active":1}"#,
        #"store n:Bo {"id":1,"name":"Bo","active":1}"#,
      ])
  }

  @Test
  func `a changed key deletes the old one before anything is stored`() throws {
    // The new key of one entry is the old key of the other.
    #expect(
      try updated(try table("k:{id}", "k:{name}"), cells(1, "2", 0), cells(2, "1", 0)) == [
        "delete k:1", "delete k:2", #"store k:2 {"id":2,"name":"1","active":0}"#,
        #"store k:1 {"id":2,"name":"1","active":0}"#,
      ])
  }

  @Test
  func `a row that leaves the condition goes, one that enters it comes, one outside does nothing`() throws {
    let configuration = try table(
      "u:{id}", where: "active = 1", bump: ["g:{id}"], requery: [("l:{id}", "select :id")])
    #expect(
      try updated(configuration, cells(1, "A", 1), cells(1, "A", 0)) == [
        "delete u:1", "bump g:1", "requery l:1 [1]",
      ])
    #expect(
      try updated(configuration, cells(1, "A", nil), cells(1, "A", 1)) == [
        #"store u:1 {"id":1,"name":"A","active":1}"#, "bump g:1", "requery l:1 [1]",
      ])
    #expect(try updated(configuration, cells(1, "A", 0), cells(1, "B", nil)) == [])
    #expect(try inserted(configuration, cells(1, "A", 0)) == [])
    #expect(try deleted(configuration, cells(1, "A", 0)) == [])
  }

  @Test
  func `a before-image that does not tell is taken as if it had satisfied the condition`() throws {
    let configuration = try table("u:{id}", where: "active = 1")
    #expect(try updated(configuration, cells(1, .absent, .absent), cells(1, "A", 0)) == ["delete u:1"])
    #expect(
      try updated(configuration, cells(1, .absent, .absent), cells(1, "A", 1)) == [
        #"store u:1 {"id":1,"name":"A","active":1}"#
      ])
    #expect(
      try updated(configuration, cells(1, .absent, .absent), cells(2, "A", 1)) == [
        "delete u:1", #"store u:2 {"id":2,"name":"A","active":1}"#,
      ])
    #expect(try deleted(configuration, cells(1, .absent, .absent)) == ["delete u:1"])
  }

  @Test
  func `groups and lists of both images are told once each`() throws {
    let configuration = try table(
      bump: ["g:{name}", "all"], requery: [("l:{name}:{active}", "select :active, :name, :name")])
    #expect(
      try updated(configuration, cells(1, "A", 1), cells(1, "A", 1)) == [
        "bump g:A", "bump all", "requery l:A:1 [1] [A] [A]",
      ])
    #expect(
      try updated(configuration, cells(1, "A", 1), cells(1, "B", 2)) == [
        "bump g:A", "bump g:B", "bump all", "requery l:A:1 [1] [A] [A]", "requery l:B:2 [2] [B] [B]",
      ])
    #expect(
      try inserted(configuration, cells(1, "B", 2)) == ["bump g:B", "bump all", "requery l:B:2 [2] [B] [B]"])
    #expect(
      try deleted(configuration, cells(1, "B", 2)) == ["bump g:B", "bump all", "requery l:B:2 [2] [B] [B]"])
  }

  @Test
  func `a row without a valid key is left out and counted, and its old entry goes`() throws {
    var configuration = try table("{name}")
    configuration.foreignPrefixes = ["gen/", "other:"]
    let mapping = try TableMapping(configuration, id: 3, columns: Self.shape)
    var effects = RowEffects()
    let cases: [(Cell, KeyProblem)] = [
      (nil, .null), ("", .empty), (Cell(String(repeating: "k", count: 251)), .tooLong), ("a b", .invalidByte),
      ("a\n", .invalidByte), (.bytes([97, 127]), .invalidByte), ("gen/x", .foreignPrefix),
      ("other:", .foreignPrefix),
      (.absent, .columnMissing),
    ]
    for (name, problem) in cases {
      let before = effects.skipped(problem)
      let known = effects.examples.count
      effects.removeAll()
      mapping.update(row(1, "old", 1), to: row([1, name, 1]), into: &effects)
      #expect(lines(effects) == ["delete old"])
      #expect(effects.skipped(problem) == before + 1)
      // The first for each reason is named.
      #expect(effects.examples.count == known + (before == 0 ? 1 : 0))
      if before == 0 {
        #expect(effects.examples.last?.problem == problem && effects.examples.last?.row == "id=1")
      }
      // A row that had no entry leaves none.
      effects.removeAll()
      mapping.delete(row([1, name, 1]), into: &effects)
      #expect(lines(effects) == [])
    }
    #expect(effects.skipped(.columnMissing) == 2)
    #expect(effects.skipped(.invalidByte) == 3)
    effects.removeAll()
    mapping.insert(row(1, Cell(String(repeating: "k", count: 250)), 1), into: &effects)
    mapping.insert(row(1, "gen", 1), into: &effects)
    mapping.insert(row(1, "é", 1), into: &effects)
    #expect(effects.mutations.map(\.kind) == [.store, .store, .store])
    // A row that had no group or list needs none to be told.
    let grouped = try TableMapping(
      try table(bump: ["{name}"], requery: [("{name}", "select 1")]), id: 3, columns: Self.shape)
    effects.removeAll()
    effects.resetSkips()
    grouped.delete(row(1, nil, 1), into: &effects)
    #expect(lines(effects) == [] && effects.skipped(.null) == 0)
    grouped.insert(row(1, nil, 1), into: &effects)
    #expect(lines(effects) == [] && effects.skipped(.null) == 2)
    effects.resetSkips()
    #expect(effects.skipped(.null) == 0 && effects.examples.isEmpty)
  }

  @Test
  func `one raw column is stored as it is, and NULL is no entry`() throws {
    var configuration = try table("u:{id}")
    configuration.entries[0].value = .column("name")
    #expect(try inserted(configuration, cells(1, "<b>\u{0}", 1)) == ["store u:1 <b>\u{0}"])
    #expect(try inserted(configuration, cells(1, "", 1)) == ["store u:1 "])
    #expect(try updated(configuration, cells(1, "a", 1), cells(1, nil, 1)) == ["delete u:1"])
  }

  @Test
  func `a value that no item can hold deletes what was there, and is counted`() throws {
    var configuration = try table("u:{id}", "r:{id}")
    configuration.entries[1].value = .column("name")
    let mapping = try TableMapping(configuration, id: 0, columns: Self.shape, valueLimit: 41)
    var effects = RowEffects()
    mapping.insert(row(1, Cell(String(repeating: "x", count: 12)), 1), into: &effects)
    #expect(effects.mutations.map(\.kind) == [.store, .store])
    effects.removeAll()
    mapping.insert(row(1, Cell(String(repeating: "x", count: 13)), 1), into: &effects)
    #expect(effects.mutations.map(\.kind) == [.delete, .store])
    effects.removeAll()
    mapping.insert(row(1, Cell(String(repeating: "x", count: 42)), 1), into: &effects)
    #expect(lines(effects) == ["delete u:1", "delete r:1"])
    #expect(effects.skipped(.valueTooLarge) == 3)
  }

  @Test
  func `expiry and flags are those of the entry`() throws {
    var configuration = try table("u:{id}", requery: [("l:{id}", "select 1")])
    configuration.entries[0].ttl = 60
    configuration.entries[0].flags = 4_294_967_295
    configuration.requeries[0].ttl = 5
    configuration.requeries[0].flags = 6
    var effects = RowEffects()
    try TableMapping(configuration, id: 9, columns: Self.shape).insert(row(1, "a", 1), into: &effects)
    #expect(effects.mutations.map(\.ttl) == [60, 5])
    #expect(effects.mutations.map(\.flags) == [4_294_967_295, 6])
    #expect(effects.mutations.map(\.table) == [9, 9])
    #expect(effects.mutations.map(\.target) == [0, 0])
  }

  @Test
  func `a transaction's events stay in order and keep their bytes`() throws {
    let mapping = try TableMapping(
      try table("u:{id}", requery: [("l:{name}", "select :name")]), id: 0, columns: Self.shape)
    var effects = RowEffects()
    var expected: [String] = []
    for i in 0..<2000 {
      let name = String(repeating: "n", count: i % 200) + "\(i)"
      mapping.update(row(Cell("\(i)"), "x", 1), to: row(Cell("\(i + 1)"), Cell(name), 1), into: &effects)
      expected += [
        "delete u:\(i)", #"store u:\#(i + 1) {"id":\#(i + 1),"name":"\#(name)","active":1}"#,
        "requery l:x [x]",
        "requery l:\(name) [\(name)]",
      ]
    }
    #expect(lines(effects) == expected)
    #expect(effects.byteCount > 100_000)
    effects.removeAll()
    #expect(effects.mutations.isEmpty && effects.byteCount == 0)
  }
}
