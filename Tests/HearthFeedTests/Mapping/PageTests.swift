import HearthConfig
import HearthFeed
import Testing

@testable import struct HearthConfig.PageTemplate

/// Page fragments of rows.
struct PageTests {
  private func page(_ template: String, _ shape: String, _ values: [Cell]) throws -> String {
    var configuration = try table("k")
    configuration.entries[0].value = .page(try PageTemplate(text: template, path: "p"))
    var effects = RowEffects()
    try TableMapping(configuration, id: 0, columns: columns(shape)).insert(row(values), into: &effects)
    return String(decoding: effects.value(of: effects.mutations[0]), as: UTF8.self)
  }

  @Test
  func `two braces escape, three do not`() throws {
    #expect(
      try page("<p>{{a}}|{{{a}}}|{{&a}}</p>", "a:text", cells("<b>&\"'é"))
        == "<p>&lt;b&gt;&amp;&quot;&#39;é|<b>&\"'é|<b>&\"'é</p>")
  }

  @Test
  func `a combining mark hides no quote`() throws {
    #expect(
      try page("<p title=\"{{a}}\">", "a:text", cells("\"\u{301} onclick=\"x"))
        == "<p title=\"&quot;\u{301} onclick=&quot;x\">")
    #expect(try page("{{#a}}{{a}}{{/a}}", "a:text", cells("<\u{301}")) == "&lt;\u{301}")
  }

  @Test
  func `NULL is false and empty`() throws {
    let template = "[{{a}}]{{#a}}yes {{a}}{{/a}}{{^a}}no{{/a}}"
    #expect(try page(template, "a:text", cells(nil)) == "[]no")
    #expect(try page(template, "a:text", cells("x")) == "[x]yes x")
  }

  @Test
  func `numbers, binary columns and broken text are shown`() throws {
    #expect(
      try page(
        "{{a}} {{plusone(a)}} {{b}} {{c}} {{{d}}}", "a:integer b:decimal c:bytes d:text",
        cells(41, "1.50", .bytes([0, 255]), .bytes([97, 255])))
        == "41 42 1.50 AP8= a\u{fffd}")
  }

  @Test
  func `the first line of a template is a line like others`() throws {
    #expect(try page("{{#a}}\nx\n{{/a}}\n", "a:text", cells("1")) == "x\n")
    #expect(try page("\nx", "a:text", cells("1")) == "\nx")
  }

  @Test
  func `a page that no item can hold is no entry`() throws {
    var configuration = try table("k")
    configuration.entries[0].value = .page(try PageTemplate(text: "{{{a}}}{{{a}}}", path: "p"))
    let mapping = try TableMapping(configuration, id: 0, columns: columns("a:text"), valueLimit: 10)
    var effects = RowEffects()
    mapping.insert(row("12345"), into: &effects)
    mapping.insert(row("123456"), into: &effects)
    #expect(lines(effects) == ["store k 1234512345", "delete k"])
  }

  @Test
  func `a page that would multiply a value beyond measure is not even begun`() throws {
    var configuration = try table("k")
    configuration.entries[0].value = .page(
      try PageTemplate(
        text: "{{^b}}" + String(repeating: "{{{a}}}", count: 9) + "{{/b}}{{#b}}x{{/b}}", path: "p"))
    let mapping = try TableMapping(configuration, id: 0, columns: columns("a:text b:text"), valueLimit: 20)
    var effects = RowEffects()
    mapping.insert(row("12", nil), into: &effects)
    mapping.insert(row("123", nil), into: &effects)
    // What is hidden does not count, within a measure of four.
    mapping.insert(row("12345678", "b"), into: &effects)
    mapping.insert(row("1234567890", "b"), into: &effects)
    #expect(lines(effects) == ["store k 121212121212121212", "delete k", "store k x", "delete k"])
  }
}
