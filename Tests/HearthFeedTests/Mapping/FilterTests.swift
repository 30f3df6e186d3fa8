import HearthConfig
import Testing

@testable import HearthFeed

/// Conditions on rows, case by case.
struct FilterTests {
  /// What is known of a row with one column `a`.
  private func truth(_ condition: String, _ kind: String, _ value: Cell) throws -> Truth {
    let names = ColumnNames(table: "d.t", columns: columns("a:\(kind)"))
    return try RowFilterBuilder.filter(try RowCondition(condition), names).evaluate(row([value]))
  }

  @Test(arguments: [
    ("a = 1", "integer", "1"), ("a = 1.0", "integer", "1"), ("a = 1", "integer", "0001"),
    ("a = '1'", "integer", "1"),
    ("a = -0", "integer", "0"), ("a < 0", "integer", "-1"), ("a > -2", "integer", "-1"),
    ("a >= 10", "integer", "10"),
    ("a < 18446744073709551616", "integer", "18446744073709551615"),
    ("a > 9223372036854775807", "integer", "9223372036854775808"),
    ("a = 1.5", "decimal", "1.50"), ("a < 1.51", "decimal", "1.50"), ("a > 1.49", "decimal", "1.50"),
    ("a < -1.4", "decimal", "-1.50"),
    ("a > 12345678901234567890.123456789", "decimal", "12345678901234567890.1234567891"),
    ("a > .5", "decimal", "0.51"), ("a = 0", "decimal", "-0.00"),
    ("a = 0.1", "double", "0.1"), ("a < 1", "double", "1e-16"), ("a > 1000", "double", "1e+16"),
    // As in MySQL: a FLOAT is not the double that looks like it.
    ("a <> 0.1", "float", "0.1"), ("a = 0.5", "float", "0.5"),
    ("a = 2024", "year", "2024"), ("a = 5", "bit", "5"), ("a = true", "integer", "1"),
    ("a = 'x'", "text", "x"), ("a <> 'X'", "text", "x"), ("a < 'xa'", "text", "x"), ("a > 'w'", "text", "x"),
    ("a = ''", "text", ""),
    ("a = 'red'", "enum", "red"), ("a = 'a,b'", "set", "a,b"), ("a = '::1'", "inet", "::1"),
    ("a = '6CCD780C-BABA-1026-9564-5B8C656024DB'", "uuid", "6ccd780c-baba-1026-9564-5b8c656024db"),
    ("a >= '2024-02-29'", "date", "2024-02-29"), ("a < '2024-02-29 00:00:01'", "date", "2024-02-29"),
    ("a = '0000-00-00'", "date", "0000-00-00"),
    ("a = '2024-01-01'", "datetime", "2024-01-01 00:00:00"),
    ("a = '2024-01-01 10:00:00'", "datetime", "2024-01-01 10:00:00.000"),
    ("a > '2024-01-01 10:00:00'", "timestamp", "2024-01-01 10:00:00.000001"),
    ("a < '2024-01-01T10:00:00.5'", "datetime", "2024-01-01 10:00:00.49"),
    ("a < '00:00:00'", "time", "-838:59:59"), ("a > '99:00:00'", "time", "100:00:00"),
    ("a = '-01:00:00.5'", "time", "-01:00:00.500000"),
    ("a in (3, 1, 2)", "integer", "2"), ("a not in (3, 1)", "integer", "2"),
    ("a between 1 and 2", "integer", "2"),
    ("a between 'a' and 'b'", "text", "ax"), ("a not between 1 and 2", "integer", "3"),
    ("a is not null", "json", "1"),
    ("a like 'x%z'", "text", "xyyz"), ("a like '%'", "text", ""), ("a like '_'", "text", "é"),
    ("a like '__'", "bytes", "é"),
    ("a like '%a%b%'", "text", "xxaxxbxx"), ("a like '100\\%'", "text", "100%"),
    ("a not like 'x_'", "text", "x"),
    ("a like '1%'", "integer", "12"), ("a like '%é_'", "text", "éaéé"),
    ("a = 1 or a is null", "integer", "1"), ("not a = 2", "integer", "1"),
  ])
  func `a row satisfies the condition`(condition: String, kind: String, value: String) throws {
    #expect(try truth(condition, kind, Cell(value)) == .yes)
    #expect(try truth("not (\(condition))", kind, Cell(value)) == .no)
  }

  @Test(arguments: [
    ("a = 1", Truth.unknown), ("a <> 1", .unknown), ("a in (1, 2)", .unknown), ("a not in (1, 2)", .unknown),
    ("a between 1 and 2", .unknown), ("a like '1'", .unknown), ("not a = 1", .unknown), ("a is null", .yes),
    ("a is not null", .no), ("a = 1 or a is null", .yes), ("a = 1 and a is null", .unknown),
    ("a = 1 and a is not null", .no),
  ])
  func `NULL is neither equal nor different`(condition: String, expected: Truth) throws {
    #expect(try truth(condition, "integer", nil) == expected)
  }

  @Test
  func `what is not told may be anything`() throws {
    #expect(try truth("a = 1", "integer", .absent) == .untold)
    #expect(try truth("a is null", "integer", .absent) == .untold)
    let names = ColumnNames(table: "d.t", columns: columns("a:integer b:integer"))
    func known(_ condition: String) throws -> Truth {
      try RowFilterBuilder.filter(try RowCondition(condition), names).evaluate(row(.absent, 1))
    }
    #expect(try known("a = 1 and b = 2") == .no)
    #expect(try known("a = 1 or b = 1") == .yes)
    #expect(try known("a = 1 and b = 1") == .untold)
  }

  @Test(arguments: [
    ("decimal", "1,5"), ("decimal", ""), ("decimal", "-"), ("decimal", "."), ("double", "x"),
    ("double", "nan"), ("double", String(repeating: "1", count: 64)),
  ])
  func `a value that is not of its kind satisfies nothing`(kind: String, value: String) throws {
    #expect(try truth("a = 1", kind, Cell(value)) == .unknown)
  }

  @Test(arguments: [
    "", "2024", "2024-01-0", "2024-01-01 ", "2024-01-01 1:00:00", "2024-13-01", "2024-01-32", "2024/01/01",
    "2024-01-01 10:00", "2024-01-01 10:60:00",
    "2024-01-01 24:00:00", "2024-01-01 10:00:00.", "2024-01-01 10:00:00.1234567", "2024-01-01 10:00:00,5",
    "xxxx-01-01",
  ])
  func `what is no date is none`(text: String) {
    #expect(Array(text.utf8).withUnsafeBytes { Moment.date($0) } == nil)
  }

  @Test(arguments: [
    "", "-", "1:00:00", "1000:00:00", "10:00", "10:60:00", "10:00:60", "10:00:00.", "aa:00:00", ":00:00",
  ])
  func `what is no time is none`(text: String) {
    #expect(Array(text.utf8).withUnsafeBytes { Moment.time($0) } == nil)
  }
}
