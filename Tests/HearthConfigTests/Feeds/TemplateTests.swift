import Testing

@testable import HearthConfig

/// Keys, statements and page templates, as texts.
struct TemplateTests {
  @Test(arguments: [
    ("user:{id}", [KeyTemplate.Piece.literal("user:"), .column("id")]),
    ("{a}{b}", [.column("a"), .column("b")]),
    ("{{{a}}}", [.literal("{"), .column("a"), .literal("}")]),
    ("plain", [.literal("plain")]),
    ("é{Größe}", [.literal("é"), .column("Größe")]),
    ("{order total}", [.column("order total")]),
  ])
  func `a key is literals and columns`(text: String, pieces: [KeyTemplate.Piece]) throws {
    let template = try KeyTemplate(text)
    #expect(template.pieces == pieces)
    #expect(template.description == text)
  }

  @Test(arguments: [
    ("", "1: the key is empty; write it as in user:{id}"),
    ("a{", "2: a { is never closed; close it, as in {id}, or write {{ for a brace in the key"),
    ("a{b{c}", "4: a { is within braces; close the one before it, as in {id}"),
    ("a}b", "2: a } closes nothing; write }} for a brace in the key"),
    ("a{}", "2: the braces are empty; write a column's name, as in {id}"),
    ("a{ id}", #"3: " id" is not a column's name; write the name alone, as in {id}"#),
    ("a b", "2: a key has no blanks and no control characters; remove it, or use another character, as in -"),
    (
      "a\u{7f}",
      "2: a key has no blanks and no control characters; remove it, or use another character, as in -"
    ),
    (String(repeating: "k", count: 251), "251: a key has at most 250 bytes; write a shorter one"),
    (String(repeating: "{k}", count: 17), "49: there are more than 16 columns; use fewer"),
    (String(repeating: "{{", count: 1001), "1: the key has more than 2000 characters; write a shorter one"),
    (
      "{" + String(repeating: "n", count: 65) + "}",
      "2: \"\(String(repeating: "n", count: 60))...\" is not a column's name; write the name alone, as in {id}"
    ),
  ])
  func `a mistake in a key is shown with its column`(text: String, line: String) {
    #expect(throws: (any Error).self) { try KeyTemplate(text) }
    do throws(SyntaxProblem) {
      _ = try KeyTemplate(text)
    } catch {
      #expect("\(error.column): \(error.problem); \(error.remedy)" == line)
    }
  }

  @Test(arguments: [
    ("select 1", "select 1", []),
    ("select a from t where b = :b and c=:c", "select a from t where b = ? and c=?", ["b", "c"]),
    ("SELECT ':a', \":b\", `:c` -- :d\n, :e # :f", "SELECT ':a', \":b\", `:c` -- :d\n, ? # :f", ["e"]),
    (
      "with x as (select 1) select /* :a ? ; */ * from x",
      "with x as (select 1) select /* :a ? ; */ * from x", []
    ),
    ("select 5--:a -- :b", "select 5--? -- :b", ["a"]),
    ("select 1 --", "select 1 --", []),
    ("(select 'it''s \\' ;' from t)", "(select 'it''s \\' ;' from t)", []),
    ("select @a := 1, :ä", "select @a := 1, ?", ["ä"]),
  ])
  func `a statement keeps its text and names its parameters`(
    source: String, text: String, parameters: [String]
  ) throws {
    let statement = try QueryTemplate(source)
    #expect(statement.text == text)
    #expect(statement.parameters == parameters)
  }

  @Test(arguments: [
    ("delete from t", "1: the statement does not read; begin it with select or with"),
    ("", "1: the statement does not read; begin it with select or with"),
    ("selected", "1: the statement does not read; begin it with select or with"),
    ("select 1; drop table t", "9: a ; ends the statement; write one statement without it"),
    ("select ?", "8: a ? is no parameter here; name the column, as in :user_id"),
    ("select 'x", "8: a quote is never closed; close it"),
    ("select 'x\\", "8: a quote is never closed; close it"),
    ("select 1 /* x", "10: a comment is never closed; close it with */"),
    (
      "select " + String(repeating: "x", count: 16_384),
      "1: the statement has more than 16384 characters; write a shorter one"
    ),
  ])
  func `a mistake in a statement is shown with its column`(source: String, line: String) {
    #expect(throws: (any Error).self) { try QueryTemplate(source) }
    do throws(SyntaxProblem) {
      _ = try QueryTemplate(source)
    } catch {
      #expect("\(error.column): \(error.problem); \(error.remedy)" == line)
    }
  }

  @Test
  func `a page template tells which columns it shows, and where`() throws {
    let page = try PageTemplate(
      text:
        "<h1>{{name}}</h1>\n{{! a comment }}{{#city}}\n{{{city}}} {{.}} {{& html }} {{uppercased(name)}}{{/city}}",
      path: "p")
    #expect(page.columns == ["name", "city", "html"])
    #expect(page.lines == [1, 2, 3])
    // One of them shows its section's own value.
    #expect(page.uses == [3, 3, 2])
  }

  @Test(arguments: [
    ("a\n{{name", "2: a tag is never closed; close it with }}"),
    ("{{>footer}}", "1: other templates are not read from here; write its text in this template"),
    ("{{=<% %>=}}", "1: delimiters stay as they are; use {{ and }}"),
    ("{{}}", #"1: "" is not the name of a column; write it as in {{name}}"#),
    ("{{a(}}", #"1: "a(" is not the name of a column; write it as in {{name}}"#),
    ("{{first name}}", #"1: "first name" is not the name of a column; write it as in {{name}}"#),
  ])
  func `a mistake in a page template is shown with its line`(text: String, line: String) {
    #expect(throws: (any Error).self) { try PageTemplate(text: text, path: "p") }
    do throws(PageTemplate.Problem) {
      _ = try PageTemplate(text: text, path: "p")
    } catch {
      #expect("\(error.line): \(error.problem); \(error.remedy)" == line)
    }
  }

  @Test
  func `an unbalanced or bottomless page template is refused`() {
    func problem(_ text: String) -> PageTemplate.Problem? {
      do throws(PageTemplate.Problem) {
        _ = try PageTemplate(text: text, path: "p")
        return nil
      } catch {
        return error
      }
    }
    #expect(problem("\n{{#a}}\nx{{/b}}")?.line == 3)
    #expect(problem("{{#a}}")?.problem.contains("not a Mustache template") == true)
    #expect(problem("{{/a}}") != nil)
    let deep = String(repeating: "{{#a}}", count: 33)
    #expect(problem(deep)?.problem == "sections are nested more than 32 deep")
    #expect(problem(String(repeating: "{{#a}}", count: 32) + String(repeating: "{{/a}}", count: 32)) == nil)
  }

  @Test
  func `random page templates never do more than fail`() {
    let parts = [
      "{{", "}}", "{", "}", "#", "/", "^", "&", "!", "%", "a", "(", ")", ".", " ", "\n", "é", "{{a}}",
      "{{#a}}", "{{/a}}",
    ]
    var accepted = 0
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0...10)).map { _ in parts.randomElement()! }.joined()
      if (try? PageTemplate(text: text, path: "p")) != nil { accepted += 1 }
    }
    #expect(accepted > 0)
  }
}
