import HearthConfig
import Testing

/// The text of `where`.
struct ConditionTests {
  private func refusal(_ text: String) -> String? {
    do throws(SyntaxProblem) {
      _ = try RowCondition(text)
      return nil
    } catch {
      return "\(error.column): \(error.problem); \(error.remedy)"
    }
  }

  private static let a = RowCondition.comparison(column: "a", .equal, .number("1"))
  private static let b = RowCondition.comparison(column: "b", .equal, .number("2"))
  private static let c = RowCondition.comparison(column: "c", .equal, .number("3"))

  @Test(arguments: [
    ("a=1", a),
    ("(((a = 1)))", a),
    ("1 = a", a),
    ("a = 1 and b = 2", .all([a, b])),
    ("a=1 or b=2 and c=3", .any([a, .all([b, c])])),
    ("(a=1 or b=2) and c=3", .all([.any([a, b]), c])),
    ("not a=1 and b=2", .all([.not(a), b])),
    ("NOT (a=1 AND b=2)", .not(.all([a, b]))),
    ("not not a=1", .not(.not(a))),
    ("a <> -1.50", .comparison(column: "a", .notEqual, .number("-1.50"))),
    ("a != .5", .comparison(column: "a", .notEqual, .number(".5"))),
    ("a < 1", .comparison(column: "a", .less, .number("1"))),
    ("a <= 1", .comparison(column: "a", .lessOrEqual, .number("1"))),
    ("a > +1", .comparison(column: "a", .greater, .number("+1"))),
    ("a >= 1", .comparison(column: "a", .greaterOrEqual, .number("1"))),
    ("3 < a", .comparison(column: "a", .greater, .number("3"))),
    ("3 <= a", .comparison(column: "a", .greaterOrEqual, .number("3"))),
    ("3 > a", .comparison(column: "a", .less, .number("3"))),
    ("3 >= a", .comparison(column: "a", .lessOrEqual, .number("3"))),
    ("'x' <> a", .comparison(column: "a", .notEqual, .text("x"))),
    ("true = a", a),
    ("a = TRUE", a),
    ("a = false", .comparison(column: "a", .equal, .number("0"))),
    ("a = 'it''s'", .comparison(column: "a", .equal, .text("it's"))),
    ("a = ''", .comparison(column: "a", .equal, .text(""))),
    ("`and` = 'é'", .comparison(column: "and", .equal, .text("é"))),
    ("`a``b` is null", .null(column: "a`b")),
    ("straße is NULL", .null(column: "straße")),
    ("a is not null", .not(.null(column: "a"))),
    ("a in (1)", .member(column: "a", [.number("1")])),
    ("a in (1, 'b' ,true)", .member(column: "a", [.number("1"), .text("b"), .number("1")])),
    ("a not in (1, 2)", .not(.member(column: "a", [.number("1"), .number("2")]))),
    ("a between 1 and 2 and b = 2", .all([.between(column: "a", .number("1"), .number("2")), b])),
    ("a not between 1 and 2", .not(.between(column: "a", .number("1"), .number("2")))),
    ("a like 'x%'", .like(column: "a", LikePattern("x%"))),
    ("a not like '_'", .not(.like(column: "a", LikePattern("_")))),
    ("\n a\t=\n1 ", a),
  ])
  func `a condition means what SQL makes of it`(text: String, condition: RowCondition) throws {
    #expect(try RowCondition(text) == condition)
  }

  @Test(arguments: [
    ("", "1: the condition is empty; write it as in active = 1, or remove the key"),
    ("a", "2: a comparison was expected, not the end; write it as in active = 1"),
    (
      "a = ",
      "5: a constant was expected, not the end; compare with a number or a text in quotes, as in 42 or 'abc'"
    ),
    (
      "a = b",
      #"5: a constant was expected, not "b"; compare with a number or a text in quotes, as in 42 or 'abc'"#
    ),
    ("a = null", "5: nothing compares with NULL; write is null or is not null"),
    ("a = 1 b", #"7: AND, OR or the end was expected, not "b"; join comparisons with and, or or"#),
    ("a = 1)", #"6: AND, OR or the end was expected, not ")"; join comparisons with and, or or"#),
    ("(a = 1", "7: a ) was expected, not the end; close each parenthesis"),
    (
      "and = 1",
      #"1: a column was expected, not "and"; write it as in active = 1; put a column named as a keyword in backticks"#
    ),
    ("a is 1", #"6: NULL was expected, not "1"; write is null or is not null"#),
    ("a in 1", #"6: a ( was expected, not "1"; write in (1, 2)"#),
    (
      "a in ()",
      #"7: a constant was expected, not ")"; compare with a number or a text in quotes, as in 42 or 'abc'"#
    ),
    ("a in (1 2)", #"9: a comma or a ) was expected, not "2"; write in (1, 2)"#),
    (
      "a in (1,",
      "9: a constant was expected, not the end; compare with a number or a text in quotes, as in 42 or 'abc'"
    ),
    ("a in (1", "8: a comma or a ) was expected, not the end; write in (1, 2)"),
    ("a between 1 or 2", #"13: AND was expected, not "or"; write between 1 and 9"#),
    ("a like 1", #"8: a text was expected, not "1"; write like 'a%'"#),
    ("a not = 1", #"7: a comparison was expected, not "="; write it as in active = 1"#),
    ("1 a", #"3: a comparison was expected, not "a"; write it as in active = 1"#),
    ("a = 'x", "5: a text is never closed; close it with ', and write '' for a quote in it"),
    ("a = \"x\"", #"5: a " opens no text here; write texts as in 'abc'"#),
    ("`` = 1", "1: a name in backticks is empty or never closed; write it as in `name`"),
    ("`a = 1", "1: a name in backticks is empty or never closed; write it as in `name`"),
    (
      "a = 1e5",
      #"5: "1e5" is not a number; give an integer or a decimal, as in 42 or -0.5; put texts in quotes"#
    ),
    (
      "a = 1.2.3",
      #"5: "1.2.3" is not a number; give an integer or a decimal, as in 42 or -0.5; put texts in quotes"#
    ),
    (
      "a = -", #"5: "-" is not a number; give an integer or a decimal, as in 42 or -0.5; put texts in quotes"#
    ),
    ("a = 2024-01-01", #"9: AND, OR or the end was expected, not "-01"; join comparisons with and, or or"#),
    (
      "a ; b",
      #"3: ";" has no meaning here; compare columns with constants, as in active = 1 and name like 'a%'"#
    ),
    (
      "lower(a) = 'x'", #"1: functions such as "lower" are not computed here; compare columns with constants"#
    ),
  ])
  func `a mistake is shown with its column and the remedy`(text: String, line: String) {
    #expect(refusal(text) == line)
  }

  @Test
  func `hostile sizes are refused`() {
    let deep = String(repeating: "(", count: 33) + "a=1" + String(repeating: ")", count: 33)
    #expect(refusal(deep) == "33: it is nested more than 32 deep; write it flatter")
    #expect(refusal(String(deep.dropFirst().dropLast())) == nil)
    #expect(refusal(String(repeating: "not ", count: 33) + "a=1")?.contains("nested more than 32") == true)
    #expect(refusal(String(repeating: "not ", count: 2000) + "a=1")?.contains("nested more than 32") == true)
    #expect(
      refusal(String(repeating: " ", count: 8190) + "a=1")?.contains("more than 8192 characters") == true)
    let members = Array(repeating: "1", count: 1001).joined(separator: ",")
    #expect(refusal("a in (\(members))")?.contains("more than 1000 constants") == true)
    #expect(refusal("a in (\(members.dropLast(2)))") == nil)
    #expect(refusal("a = \(String(repeating: "9", count: 66))")?.contains("at most 65 digits") == true)
  }

  @Test
  func `random words never do more than fail`() {
    var random = SystemRandomNumberGenerator()
    let words = [
      "a", "and", "or", "not", "(", ")", "in", "like", "is", "null", "between", "'", "`", "1", "=", "<", ",",
      "\\", "é",
    ]
    var accepted = 0
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in words.randomElement()! }.joined(
        separator: " ")
      if let condition = try? RowCondition(text) {
        accepted += 1
        #expect(!condition.columns.isEmpty)
      }
    }
    #expect(accepted > 0)
  }

  @Test(arguments: [
    ("a%", [LikePattern.Piece.bytes([97]), .many]),
    ("%%_%", [.many, .one, .many]),
    (#"\%\_\\"#, [.bytes(Array(#"%_\"#.utf8))]),
    (#"a\"#, [.bytes(Array(#"a\"#.utf8))]),
    ("", []),
  ])
  func `a pattern is taken apart`(text: String, pieces: [LikePattern.Piece]) {
    #expect(LikePattern(text).pieces == pieces)
  }
}
