import HearthConfig
import HearthFeed
import Testing

@testable import struct HearthConfig.PageTemplate

/// A configuration against the columns of a table.
struct TableMappingTests {
  private static let shape = columns("id:integer:key Name:text bio:text born:date geo:geometry doc:json")

  @Test
  func `only columns that something is made of are wanted`() throws {
    var configuration = try table("u:{id}", where: "born is null")
    configuration.entries[0].value = .json(columns: ["NAME"])
    let mapping = try TableMapping(configuration, id: 0, columns: Self.shape)
    #expect(mapping.wanted == [true, true, false, true, false, false])
    #expect(mapping.keyColumns == [0])
    let complete = mapping.isComplete(row(1, "a", .absent, nil, .absent, .absent))
    let incomplete = mapping.isComplete(row(1, .absent, "b", nil, nil, nil))
    #expect(complete && !incomplete)
    let whole = try TableMapping(try table("u:{id}"), id: 0, columns: Self.shape)
    #expect(whole.wanted.allSatisfy { $0 })
  }

  @Test
  func `chosen columns come in the chosen order, with the table's names`() throws {
    var configuration = try table("u:{ID}")
    configuration.entries[0].value = .json(columns: ["NAME", "id"])
    var effects = RowEffects()
    try TableMapping(configuration, id: 0, columns: Self.shape).insert(
      row(1, "A", nil, nil, nil, nil), into: &effects)
    #expect(lines(effects) == [#"store u:1 {"Name":"A","id":1}"#])
  }

  @Test
  func `MINIMAL images need keys made of the primary key`() throws {
    #expect(
      try TableMapping(try table("u:{id}"), id: 0, columns: Self.shape).problemWithMinimalImages() == nil)
    for configuration in [
      try table("u:{name}"), try table(bump: ["g:{name}"]), try table(requery: [("l:{name}", "select 1")]),
    ] {
      let mapping = try TableMapping(configuration, id: 0, columns: Self.shape)
      #expect(
        mapping.problemWithMinimalImages()?.message
          == #"table d.t: binlog_row_image: the column "Name" of a key is not in the primary key, so a MINIMAL image does "#
          + "not tell the old key; set binlog_row_image=FULL at the server, or make keys of the primary key")
    }
  }

  @Test
  func `unknown columns are named with the nearest`() throws {
    #expect(
      refusal(try table("u:{idd}"), Self.shape)
        == #"table d.t: key "u:{idd}": there is no column "idd"; did you mean id?"#)
    #expect(
      refusal(try table("u:{id}", where: "zzzzzz = 1"), Self.shape)
        == #"table d.t: where: there is no column "zzzzzz"; the columns are id, Name, bio, born, geo, doc"#)
    #expect(
      refusal(try table(bump: ["g:{nam}"]), Self.shape)
        == #"table d.t: bump "g:{nam}": there is no column "nam"; did you mean Name?"#)
    #expect(
      refusal(try table(requery: [("l:{bo}", "select 1")]), Self.shape)
        == #"table d.t: requery "l:{bo}": there is no column "bo"; did you mean bio?"#)
    var configuration = try table("u:{id}")
    configuration.entries[0].value = .json(columns: ["id", "boi"])
    #expect(
      refusal(configuration, Self.shape)
        == #"table d.t: key "u:{id}": value: there is no column "boi"; the columns are id, Name, bio, born, geo, doc"#
    )
    configuration.entries[0].value = .column("bon")
    #expect(refusal(configuration, Self.shape)?.contains(#"value: there is no column "bon""#) == true)
    configuration.entries[0].value = .page(try PageTemplate(text: "\n{{nme}}", path: "/p"))
    #expect(
      refusal(configuration, Self.shape)
        == #"table d.t: /p, line 2: there is no column "nme"; did you mean Name?"#)
  }

  @Test(arguments: [
    ("id = 'x'", #"where: the column "id" does not compare with 'x'; give a number, as in 42"#),
    ("Name = 1", #"where: the column "Name" does not compare with 1; give a text in quotes, as in 'abc'"#),
    (
      "born > 2024",
      #"where: the column "born" does not compare with 2024; give a date or a date and time, as in '2026-01-31' or "#
        + "'2026-01-31 12:00:00'"
    ),
    (
      "born in ('2024-01-01', '2024-13-01')",
      #"where: the column "born" does not compare with '2024-13-01'; give a date or a date and time, as in '2026-01-31' or "#
        + "'2026-01-31 12:00:00'"
    ),
    (
      "geo = 'x'",
      #"where: the column "geo" has values that do not compare; ask for is null or is not null only"#
    ),
    (
      "doc like 'x'",
      #"where: the column "doc" has values that do not compare; ask for is null or is not null only"#
    ),
  ])
  func `constants have to fit their columns`(condition: String, line: String) throws {
    #expect(refusal(try table("u:{id}", where: condition), Self.shape) == "table d.t: \(line)")
  }
}
