import Testing

@testable import HearthFeed

/// MySQL's binary JSON, by hand after `json_binary.h`.
struct MySQLJSONTests {
  private typealias Event = EventBuilder

  private func text(_ bytes: [UInt8]) -> String? {
    var image = RowImage()
    image.begin(columns: 1)
    return bytes.withUnsafeBytes { bytes in
      MySQLJSON.text(bytes, &image).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// A small array of values that stand in its entries.
  private func array(_ entries: [(type: UInt8, value: UInt16)]) -> [UInt8] {
    [2] + Event.bytes(UInt16(entries.count)) + Event.bytes(UInt16(4 + 3 * entries.count))
      + entries.flatMap { [$0.type] + Event.bytes($0.value) }
  }

  private func double(_ number: Double) -> [UInt8] { [11] + Event.bytes(number.bitPattern) }

  private func opaque(_ type: UInt8, _ bytes: [UInt8]) -> [UInt8] { [15, type, UInt8(bytes.count)] + bytes }

  @Test
  func `scalars are shown as MySQL shows them`() {
    #expect(text([4, 0]) == "null" && text([4, 1]) == "true" && text([4, 2]) == "false")
    #expect(text([5, 0xFF, 0xFF]) == "-1" && text([6, 0xFF, 0xFF]) == "65535")
    #expect(
      text([7] + Event.bytes(Int32.min)) == "-2147483648"
        && text([8] + Event.bytes(UInt32.max)) == "4294967295")
    #expect(text([9] + Event.bytes(Int64.min)) == "-9223372036854775808")
    #expect(text([10] + Event.bytes(UInt64.max)) == "18446744073709551615")
    #expect(text([12, 3, 0x61, 0x22, 0x0A]) == "\"a\\\"\\n\"")
    #expect(text([12, 2, 0x01, 0x5C]) == "\"\\u0001\\\\\"")
    #expect(text([]) == "null")
  }

  @Test(arguments: [
    (1.0, "1.0"), (0.0, "0.0"), (-0.5, "-0.5"), (3.14, "3.14"), (100, "100.0"), (1e14, "100000000000000.0"),
    (1e15, "1e15"), (1.5e300, "1.5e300"), (1e-15, "0.000000000000001"), (1e-16, "1e-16"),
    (1.25e-7, "0.000000125"),
    (123_456_789.125, "123456789.125"), (-2.5e-20, "-2.5e-20"),
  ])
  func `doubles have the shortest digits, and a point where nothing else says that they are no integers`(
    number: Double, shown: String
  ) {
    #expect(text(double(number)) == shown)
  }

  @Test
  func `arrays and objects have a space after comma and colon`() {
    #expect(text(array([])) == "[]")
    #expect(text(array([(5, 1), (4, 0), (6, 7)])) == "[1, null, 7]")
    // {"a": 1, "bc": "x"}: two keys, two values, the string behind.
    var object: [UInt8] = [0, 2, 0, 23, 0]
    object += [18, 0, 1, 0, 19, 0, 2, 0]
    object += [5, 1, 0, 12, 21, 0]
    object += Array("abc".utf8) + [1, 0x78]
    #expect(text(object) == "{\"a\": 1, \"bc\": \"x\"}")
    // A large array has offsets of four bytes and 32-bit numbers in its entries.
    let large: [UInt8] =
      [3] + Event.bytes(UInt32(1)) + Event.bytes(UInt32(13)) + [7] + Event.bytes(Int32(-70_000))
    #expect(text(large) == "[-70000]")
  }

  @Test
  func `decimals, dates, times and other SQL values are shown`() {
    #expect(text(opaque(246, [14, 4, 0x81, 0x0D, 0xFB, 0x38, 0xD2, 0x04, 0xD2])) == "1234567890.1234")
    // 2015-01-15 23:24:25.12
    let day = UInt64(2015 * 13 + 1) << 5 | 15
    let packed = (day << 17 | 23 << 12 | 24 << 6 | 25) << 24 | 120_000
    #expect(text(opaque(12, Event.bytes(packed))) == "\"2015-01-15 23:24:25.120000\"")
    #expect(text(opaque(10, Event.bytes(day << 41))) == "\"2015-01-15\"")
    let time = Int64(23 << 12 | 24 << 6 | 25) << 24
    #expect(text(opaque(11, Event.bytes(time))) == "\"23:24:25.000000\"")
    #expect(text(opaque(11, Event.bytes(-time))) == "\"-23:24:25.000000\"")
    #expect(text(opaque(252, [1, 2, 3, 4])) == "\"base64:type252:AQIDBA==\"")
  }

  @Test
  func `nesting ends where MySQL ends it`() {
    func nested(_ depth: Int) -> [UInt8] {
      var value = array([])
      for _ in 1..<depth {
        let inner = Array(value[1...])
        value = [2, 1, 0] + Event.bytes(UInt16(7 + inner.count)) + [2, 7, 0] + inner
      }
      return value
    }
    #expect(text(nested(100)) == String(repeating: "[", count: 100) + String(repeating: "]", count: 100))
    #expect(text(nested(101)) == nil)
  }

  @Test
  func `a document whose entries all point to the same place does not grow without bound`() {
    var value = [12, 200] + Array(repeating: UInt8(ascii: "x"), count: 200)
    for _ in 0..<4 {
      // Forty entries that all point behind the last one.
      let type = value[0]
      let header = 4 + 3 * 40
      var outer: [UInt8] = [2, 40, 0] + Event.bytes(UInt16(header + value.count - 1))
      for _ in 0..<40 { outer += [type] + Event.bytes(UInt16(header)) }
      value = outer + value[1...]
    }
    #expect(text(value) == nil)
  }

  @Test
  func `a document that is cut off or points outside is damage`() {
    let whole: [UInt8] = [0, 1, 0, 16, 0, 11, 0, 1, 0, 12, 12, 0, 0x61, 3, 0x78, 0x79, 0x7A]
    #expect(text(whole) == "{\"a\": \"xyz\"}")
    for length in 1..<whole.count { #expect(text(Array(whole[..<length])) == nil) }
    #expect(text([2, 1, 0, 7, 0, 2, 0, 0]) == nil)
    #expect(text([2, 1, 0, 7, 0, 12, 255, 0]) == nil)
    #expect(text([13]) == nil && text([4, 9]) == nil && text(double(.infinity)) == nil)
  }
}
