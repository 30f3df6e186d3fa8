import Testing

@testable import HearthJSON

/// What is JSON, what is not, and what comes out again.
@Suite struct JSONTests {
  private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

  @Test(arguments: [
    ("null", JSONValue.null), (" true\r\n", .boolean(true)), ("\tfalse", .boolean(false)),
    ("0", .number("0")), ("-0.5e+10", .number("-0.5e+10")), ("18446744073709551615", .unsigned(.max)),
    (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\tz""#, .string("a\"\\/\u{8}\u{c}\n\r\tz")),
    (#""\u00e9\uD83D\uDE00\u0000""#, .string("é😀\0")), ("\"é😀\"", .string("é😀")),
    ("[]", .array([])), ("[ 1 , [ ] ]", .array([.number("1"), .array([])])),
    ("{}", .object([])),
    (#"{ "a" : 1 , "b":{"c":null} }"#, .object([("a", .number("1")), ("b", .object([("c", .null)]))])),
  ])
  func good(text: String, value: JSONValue) throws { #expect(try parse(text) == value) }

  @Test(arguments: [
    ("", "byte 0: the text ends where a value should be"),
    ("{", "byte 1: a name in quotes was expected"),
    (#"{"a"}"#, "byte 4: a colon was expected"),
    (#"{"a":}"#, "byte 5: a value was expected"),
    (#"{"a":1,}"#, "byte 7: a name in quotes was expected"),
    (#"{"a":1 "b":2}"#, "byte 7: a comma or a closing brace was expected"),
    (#"{"a":1,"a":2}"#, "byte 10: a name is there twice"),
    ("{a:1}", "byte 1: a name in quotes was expected"),
    ("[1,]", "byte 3: a value was expected"),
    ("[1", "byte 2: a comma or a closing bracket was expected"),
    ("01", "byte 1: something follows the JSON text"),
    ("-", "byte 1: a digit was expected"), ("1.", "byte 2: a digit was expected"),
    ("1e", "byte 2: a digit was expected"), ("+1", "byte 0: a value was expected"),
    ("nul", "byte 0: a value was expected"), ("NaN", "byte 0: a value was expected"),
    ("'a'", "byte 0: a value was expected"), ("1 // one", "byte 2: something follows the JSON text"),
    (#""a"#, "byte 0: the closing quote is missing"),
    ("\"a\nb\"", "byte 2: a control character must be escaped"),
    (#""\x""#, "byte 2: there is no such escape"),
    (#""\u12g4""#, "byte 5: four hexadecimal digits were expected"),
    (#""\ud83d""#, "byte 7: half a surrogate pair is no character"),
    (#""\ude00\ud83d""#, "byte 7: half a surrogate pair is no character"),
    (#""\ud83d\ud83d""#, "byte 13: half a surrogate pair is no character"),
    ("\u{feff}{}", "byte 0: a value was expected"),
  ])
  func bad(text: String, line: String) {
    #expect(throws: JSONError.self) { try parse(text) }
    do throws(JSONError) { _ = try parse(text) } catch { #expect(error.description == line) }
  }

  @Test func textsMustBeUTF8() {
    for bytes: [UInt8] in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]] {
      #expect(throws: JSONError.self) { try JSONParser.parse([0x22] + bytes + [0x22]) }
    }
  }

  @Test func deepNestingIsRefused() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    _ = try parse(nested(16))
    #expect(throws: JSONError.self) { try parse(nested(17)) }
    #expect(throws: JSONError.self) { try parse(String(repeating: #"{"a":"#, count: 10_000)) }
  }

  /// No prefix of a text and no text with one byte changed does harm; what is accepted is written and read alike.
  @Test func damagedTextsAreRefusedOrRead() throws {
    let text = Array(#"{"group":"us\u00e9r:42","n":[1,-2.5e3,true,null,{"x":"y"}]}"#.utf8)
    for end in text.indices { #expect(throws: JSONError.self) { try JSONParser.parse(Array(text[..<end])) } }
    for place in text.indices {
      for byte in UInt8.min...UInt8.max {
        var damaged = text
        damaged[place] = byte
        guard let value = try? JSONParser.parse(damaged) else { continue }
        #expect(try parse(value.description) == value)
      }
    }
  }

  @Test func writing() throws {
    let value = JSONValue.object([
      ("a\"\\\u{1}\u{7f}\n", .array([.null, .boolean(true), .unsigned(7), .string("é")])), ("b", .object([])),
    ])
    #expect(value.description == #"{"a\"\\\u0001\u007f\n":[null,true,7,"é"],"b":{}}"#)
    #expect(try parse(value.description) == value)
    #expect(value["b"] == .object([]) && value["c"] == nil && JSONValue.null["b"] == nil)
  }

  @Test(arguments: ["-1", "1.0", "1e3", "18446744073709551616"]) func noUnsigned(text: String) throws {
    #expect(try parse(text).unsigned == nil)
  }
}
