import Foundation
import Testing

@testable import HearthFeed

/// JSON that is written, read back by somebody else's parser.
struct JSONTests {
  private func text(_ bytes: [UInt8]) -> String {
    var buffer = RenderBuffer()
    bytes.withUnsafeBytes { buffer.appendJSONText($0) }
    return buffer.text
  }

  private func number(_ text: String) -> String {
    var buffer = RenderBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.appendJSONNumber($0) }
    return buffer.text
  }

  private func accepts(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBytes { JSONGrammar.accepts($0) }
  }

  @Test
  func `exactly what has to be is escaped`() {
    #expect(
      text(Array("a\"\\/\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}é\u{2028}😀".utf8))
        == #""a\"\\/\b\t\n\f\r\u0001\u001f"# + "\u{7f}é\u{2028}😀\"")
    #expect(text([]) == "\"\"")
    for byte in UInt8(0)..<0x80 {
      // At every place of a word of eight bytes.
      for place in 0..<17 {
        let bytes =
          Array(repeating: UInt8(ascii: "x"), count: place) + [byte]
          + Array(repeating: UInt8(ascii: "y"), count: 16 - place)
        let escaped = byte < 32 || byte == 0x22 || byte == 0x5c
        #expect(
          text(bytes).utf8.count
            == (escaped ? ([8, 9, 10, 12, 13, 0x22, 0x5c].contains(byte) ? 20 : 24) : 19))
      }
    }
  }

  @Test
  func `random bytes come back as UTF-8 with replacements`() throws {
    let leads: [UInt8] = [
      0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff, 0x9f,
      0xa0, 0x8f, 0x90,
    ]
    for round in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0...40)).map { _ in
        round % 2 == 0
          ? UInt8.random(in: 0...255) : Bool.random() ? leads.randomElement()! : UInt8.random(in: 0...127)
      }
      let written = text(bytes)
      let read =
        try JSONSerialization.jsonObject(with: Data(written.utf8), options: .fragmentsAllowed) as? String
      #expect(read.map { Array($0.utf8) } == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
    }
  }

  @Test(arguments: [
    ("0", "0"), ("-0", "-0"), ("42", "42"), ("-42", "-42"), ("0042", "42"), ("0000", "0"),
    ("-007.50", "-7.50"), ("1.5", "1.5"),
    ("00.5", "0.5"), ("1e+16", "1e+16"), ("2.5E-3", "2.5E-3"),
    ("18446744073709551615", "18446744073709551615"),
    (
      "12345678901234567890123456789012345.123456789012345678901234567890",
      "12345678901234567890123456789012345.123456789012345678901234567890"
    ),
    ("", "\"\""), ("-", "\"-\""), (".5", "\".5\""), ("5.", "\"5.\""), ("1e", "\"1e\""), ("+5", "\"+5\""),
    ("inf", "\"inf\""), ("1 ", "\"1 \""), ("1e5.5", "\"1e5.5\""),
  ])
  func `numbers keep their digits, and what is none is a text`(source: String, json: String) throws {
    #expect(number(source) == json)
    _ = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
  }

  @Test
  func `base64 is that of others`() {
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
      var buffer = RenderBuffer()
      bytes.withUnsafeBytes { buffer.appendBase64($0) }
      #expect(buffer.text == Data(bytes).base64EncodedString())
    }
  }

  @Test(arguments: [
    "{}", "[]", "null", "true", " false ", "0", "-1.5e+3", "\"\"", #""\u00e9\n\"""#,
    "[1,[2,{\"a\":[]}],\"x\"]", "{\"a\":1,\"b\":{}}",
    "\n[ 1 , 2 ]\t", "{ \"a\" : [ ] }", "\"é😀\"",
    String(repeating: "[", count: 128) + String(repeating: "]", count: 128),
    String(repeating: "{\"a\":[", count: 64) + String(repeating: "]}", count: 64),
  ])
  func `JSON is taken for JSON`(text: String) { #expect(accepts(text)) }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "[1 2]", "1 2",
    "nul", "truex", "01", "1.", "-", ".5", "1e",
    "\"", "\"\\x\"", "\"\\u12g4\"", "\"\n\"", "[}", "{]", "[1}", "{\"a\":1]", "'a'", "[1]]", "\"a\"\"b\"",
    "\u{feff}1",
    String(repeating: "[", count: 129) + String(repeating: "]", count: 129),
    String(repeating: "[", count: 100_000),
  ])
  func `what is not JSON is not taken for it`(text: String) { #expect(!accepts(text)) }

  @Test
  func `broken UTF-8 is not JSON`() {
    for bytes: [UInt8] in [
      [0xff], [0xc3], [0xc0, 0x80], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x80, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
    ] {
      #expect(!([0x22] + bytes + [0x22]).withUnsafeBytes { JSONGrammar.accepts($0) })
    }
  }

  @Test
  func `whatever is embedded can be read`() throws {
    let parts = [
      "{", "}", "[", "]", ",", ":", "\"a\"", "1", "-", "0", ".", "e5", "true", "null", " ", "\"\\n\"",
      "{\"k\":1}", "[1,2]",
    ]
    var accepted = 0
    for _ in 0..<100_000 {
      let text = (0..<Int.random(in: 1...7)).map { _ in parts.randomElement()! }.joined()
      // A number may be larger than Foundation's.
      guard accepts(text), !text.contains(/e5[0-9]{2}/) else { continue }
      accepted += 1
      #expect(
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil,
        "\(text)")
    }
    #expect(accepted > 1000)
  }

  @Test
  func `every kind of column has its form`() throws {
    let shape = columns(
      "i:integer d:decimal f:float o:double b:bit y:year da:date ti:time dt:datetime ts:timestamp te:text e:enum s:set by:bytes "
        + "j:json bad:json g:geometry u:uuid in:inet n:text q\"uote:text")
    let writer = JSONObjectWriter(columns: shape, chosen: Array(shape.indices))
    var buffer = RenderBuffer()
    let fits = writer.write(
      row(
        -5, "1.50", "0.1", "1e+16", 7, "0000", "2026-01-31", "-838:59:59", "2026-01-31 10:00:00.5",
        "0000-00-00 00:00:00", "a\"b",
        "red", "a,b", .bytes([0, 1, 255]), #"{"x": [1, "é"]}"#, "{broken", .bytes([1]),
        "6ccd780c-baba-1026-9564-5b8c656024db",
        "::1", nil, "z"), into: &buffer, limit: 1000)
    #expect(fits)
    #expect(
      buffer.text
        == #"{"i":-5,"d":1.50,"f":0.1,"o":1e+16,"b":7,"y":0,"da":"2026-01-31","ti":"-838:59:59","dt":"2026-01-31 10:00:00.5","#
        + #""ts":"0000-00-00 00:00:00","te":"a\"b","e":"red","s":"a,b","by":"AAH/","j":{"x": [1, "é"]},"bad":"{broken","#
        + #""g":"AQ==","u":"6ccd780c-baba-1026-9564-5b8c656024db","in":"::1","n":null,"q\"uote":"z"}"#)
    let object = try JSONSerialization.jsonObject(with: Data(buffer.bytes)) as? [String: Any]
    #expect(object?.count == shape.count)
  }

  @Test
  func `a buffer gives an exceptional row's memory back and keeps its bytes while it grows`() {
    var buffer = RenderBuffer(capacity: 64)
    var expected: [UInt8] = []
    for i in 0..<100_000 {
      buffer.append(UInt8(truncatingIfNeeded: i))
      expected.append(UInt8(truncatingIfNeeded: i))
    }
    #expect(buffer.bytes.elementsEqual(expected))
    #expect(buffer.bytes(from: 300, count: 5).elementsEqual([44, 45, 46, 47, 48]))
    buffer.truncate(to: 2)
    #expect(buffer.bytes.elementsEqual([0, 1]))
    Array(repeating: UInt8(9), count: 3 << 20).withUnsafeBytes { buffer.append($0) }
    buffer.removeAll()
    #expect(buffer.count == 0)
    buffer.append("x")
    #expect(buffer.text == "x")
  }
}
