import Testing

@testable import HearthFeed

/// Values as hand-made row events tell them: what MariaDB cannot be made to write, and bytes that no server writes.
struct RowValueTests {
  private typealias Event = EventBuilder

  /// The rows of an event of one column.
  private func rows(
    _ type: UInt8, _ metadata: [UInt8] = [], _ values: [[UInt8]],
    _ optional: [(type: UInt8, bytes: [UInt8])] = [],
    schema: TableSchema? = nil
  ) -> Told {
    let fields = schema == nil ? [Event.names(1)] + optional : optional
    return Told(
      [
        Event.format(), Event.tableMap(types: [type], metadata: metadata, optional: fields),
        Event.rows(30, columns: 1, values.flatMap { [0] + $0 }),
      ], schema: schema)
  }

  @Test
  func `integers have the sign that the table map tells`() {
    let bytes: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    for (type, size, unsigned) in [
      (UInt8(1), 1, "254"), (2, 2, "65534"), (9, 3, "16777214"), (3, 4, "4294967294"),
      (8, 8, "18446744073709551614"),
    ] {
      #expect(rows(type, [], [Array(bytes[..<size])], [(1, [0])]).rows == ["-2"])
      #expect(rows(type, [], [Array(bytes[..<size])], [(1, [0x80])]).rows == [unsigned])
    }
  }

  @Test
  func `the signedness bitmap counts YEAR and not BIT`() {
    let told = Told([
      Event.format(),
      Event.tableMap(
        types: [13, 16, 1, 1], metadata: [0, 1], optional: [Event.names(4), (1, [0b1010_0000])]),
      Event.rows(30, columns: 4, [0, 100, 0xFF, 0xFF, 0xFF]),
    ])
    #expect(told.rows == ["2000|255|-1|255"])
  }

  @Test
  func `decimals have all digits of their scale`() {
    #expect(rows(246, [14, 4], [[0x81, 0x0D, 0xFB, 0x38, 0xD2, 0x04, 0xD2]]).rows == ["1234567890.1234"])
    #expect(rows(246, [14, 4], [[0x7E, 0xF2, 0x04, 0xC7, 0x2D, 0xFB, 0x2D]]).rows == ["-1234567890.1234"])
    #expect(rows(246, [2, 2], [[0x80 | 5]]).rows == ["0.05"])
    #expect(rows(246, [2, 0], [[0x80]]).rows == ["0"])
  }

  @Test
  func `times below zero borrow from their seconds`() {
    #expect(rows(19, [0], [[0x80, 0, 0], [0x7F, 0xFF, 0xFF]]).rows == ["00:00:00", "-00:00:01"])
    #expect(rows(19, [2], [[0x7F, 0xFF, 0xFF, 0xFF]]).rows == ["-00:00:00.01"])
    #expect(rows(19, [1], [[0x7F, 0xFF, 0xFF, 0xCE]]).rows == ["-00:00:00.5"])
    #expect(rows(19, [4], [[0x7F, 0xFF, 0xFF, 0xFF, 0xFF]]).rows == ["-00:00:00.0001"])
    #expect(rows(19, [6], [[0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]]).rows == ["-00:00:00.000001"])
    #expect(rows(19, [6], [[0xB4, 0x6E, 0xFB, 0x0F, 0x42, 0x3F]]).rows == ["838:59:59.999999"])
  }

  @Test
  func `floating point numbers have the shortest text, and no point where none is needed`() {
    func float(_ number: Float) -> [UInt8] { Event.bytes(number.bitPattern) }
    func double(_ number: Double) -> [UInt8] { Event.bytes(number.bitPattern) }
    #expect(
      rows(4, [4], [float(1.5), float(0.1), float(100), float(-0.0)]).rows == ["1.5", "0.1", "100", "-0"])
    #expect(
      rows(5, [8], [double(0.1), double(1e15), double(1e300)]).rows == ["0.1", "1000000000000000", "1e+300"])
  }

  @Test
  func `text of every character set that counts bytes singly becomes UTF-8`() {
    for (collation, bytes, text) in [
      (UInt8(8), [0x80, 0x81, 0xE4] as [UInt8], "€\u{81}ä"), (51, [0xC6, 0x75], "Жu"),
      (10, [0x5B, 0x41], "ÄA"),
      (32, [0xB2, 0x41], "\u{531}A"),
    ] {
      #expect(rows(15, [10, 0], [[UInt8(bytes.count)] + bytes], [(3, [collation])]).rows == [text])
    }
  }

  @Test
  func `what is no text of its character set becomes a question mark`() {
    // Shift-JIS: a first byte alone; UTF-16: half a pair; UCS-2: an odd byte.
    #expect(rows(15, [20, 0], [[3, 0x61, 0x5C, 0x81]], [(3, [13])]).rows == ["a\\?"])
    #expect(rows(15, [20, 0], [[4, 0xD8, 0x00, 0x00, 0x61]], [(3, [54])]).rows == ["?a"])
    #expect(rows(15, [20, 0], [[3, 0x00, 0x61, 0x00]], [(3, [35])]).rows == ["a?"])
  }

  @Test
  func `ENUM and SET show their members, and bits without a member are damage`() {
    let members: [UInt8] = [2] + Event.packed(Array("small".utf8)) + Event.packed(Array("large".utf8))
    #expect(
      rows(254, [247, 1], [[1], [2], [0]], [(6, members), (10, [33])]).rows == ["small", "large", ""])
    #expect(rows(254, [247, 1], [[3]], [(6, members), (10, [33])]).failure?.reason == .damaged)
    #expect(
      rows(254, [248, 1], [[0], [1], [3]], [(5, members), (10, [33])]).rows == ["", "small", "small,large"])
    #expect(rows(254, [248, 1], [[4]], [(5, members), (10, [33])]).failure?.reason == .damaged)
  }

  @Test
  func `a row that ends too early is damage, whatever its type`() {
    let types: [(UInt8, [UInt8])] = [
      (1, []), (2, []), (3, []), (4, [4]), (5, [8]), (8, []), (9, []), (10, []), (13, []), (15, [10, 0]),
      (15, [0, 4]),
      (16, [3, 2]), (17, [6]), (18, [3]), (19, [1]), (242, [4]), (245, [4]), (246, [65, 30]), (252, [3]),
      (254, [254, 9]),
      (255, [4]), (140, [2]), (141, [10, 0]),
    ]
    for (type, metadata) in types {
      #expect(rows(type, metadata, [[]]).failure?.reason == .damaged, "\(type)")
      #expect(
        rows(type, metadata, [[0xFF]]).failure?.reason == .damaged || type == 1 || type == 13, "\(type)")
    }
  }

  @Test
  func `absent columns, NULLs and columns nobody wants are told apart`() {
    let map = Event.tableMap(types: [3, 15, 3], metadata: [9, 0], optional: [Event.names(3)])
    // Before: columns 0 and 2, of which 2 is NULL; after: column 1.
    var body = Array(Event.rows(31, columns: 3, [])[19...])
    body.replaceSubrange(11..<13, with: [0b101, 0b010])
    let update = Event.event(31, body + [0b10, 1, 0, 0, 0, 0, 2, 0x68, 0x69])
    #expect(Told([Event.format(), map, update]).rows == ["1|-|NULL > -|hi|-"])
    let insert = Event.rows(30, columns: 3, [0, 1, 0, 0, 0, 2, 0x68, 0x69, 3, 0, 0, 0])
    #expect(Told([Event.format(), map, insert], wanted: [2]).rows == ["-|-|3"])
    let delete = Event.rows(32, columns: 3, [0b111, 0b111])
    #expect(Told([Event.format(), map, delete]).rows == ["NULL|NULL|NULL", "NULL|NULL|NULL"])
  }

  @Test
  func `a partial update leaves the changed JSON absent`() {
    let map = Event.tableMap(types: [3, 245, 245], metadata: [4, 4], optional: [Event.names(3)])
    let full = Event.rows(31, columns: 3, [])
    let json: [UInt8] = [3, 0, 0, 0, 5, 1, 0]
    var before: [UInt8] = [0, 1, 0, 0, 0]
    before += json + json
    // Options 1, one bit for each JSON column, NULLs, values: the first JSON column is told as changes.
    var after: [UInt8] = [1, 0b01, 0, 1, 0, 0, 0]
    after += [2, 0, 0, 0, 9, 9] + json
    let told = Told([Event.format(), map, Event.event(39, Array(full[19...]) + before + after)])
    #expect(told.rows == ["1|1|1 > 1|-|1"])
    guard case .rows(let event) = told.events.last else { return #expect(Bool(false)) }
    #expect(event.isPartial && event.kind == .update && event.endsStatement)
  }

  @Test
  func `a schema from outside has to fit the table map`() {
    func schema(_ kinds: ColumnKind...) -> TableSchema {
      TableSchema(columns: kinds.map { ColumnSchema(Column(name: "c0", kind: $0), isUnsigned: true) })
    }
    #expect(rows(1, [], [[0xFF]], schema: schema(.integer)).rows == ["255"])
    #expect(rows(1, [], [[0xFF]], [(1, [0])], schema: schema(.integer)).rows == ["-1"])
    #expect(rows(1, [], [[0xFF]], schema: schema(.integer, .text)).failure?.reason == .tableChanged)
    #expect(rows(1, [], [[0xFF]], schema: schema(.text)).failure?.reason == .tableChanged)
    #expect(
      rows(254, [254, 16], [[2, 1, 2]], schema: schema(.uuid)).rows == [
        "01020000-0000-0000-0000-000000000000"
      ])
    #expect(rows(254, [254, 16], [[1, 0x20]], schema: schema(.inet)).rows == ["2000::"])
    #expect(rows(254, [254, 3], [[1, 65]], [(2, [63])], schema: schema(.bytes)).rows == ["A\0\0"])
    #expect(
      rows(254, [254, 3], [[1, 65]], [(2, [33])], schema: schema(.bytes)).failure?.reason == .tableChanged)
    let other = [Event.names(1)]
    let named = TableSchema(columns: [ColumnSchema(Column(name: "id", kind: .integer))])
    #expect(rows(1, [], [[1]], other, schema: named).failure?.reason == .tableChanged)
  }

  @Test
  func `without names and without a schema rows are not guessed`() {
    let told = Told([
      Event.format(), Event.tableMap(types: [3]), Event.rows(30, columns: 1, [0, 1, 0, 0, 0]),
    ])
    #expect(told.failure?.reason == .tableChanged)
    #expect(told.failure?.message.contains("information_schema") == true)
  }

  @Test
  func `compressed values cannot become larger than the limit`() throws {
    let deflated = Event.deflated(Array(repeating: 0x78, count: 5000))
    let value = [0x80 | 2] + deflated[1...]
    let packets = [
      Event.format(version: "10.11.19-MariaDB"),
      Event.tableMap(types: [140], metadata: [2], optional: [Event.names(1)]),
      Event.rows(30, columns: 1, [0] + Event.bytes(UInt16(value.count)) + value),
    ]
    #expect(Told(packets).rows == [String(repeating: "x", count: 5000)])
    var decoder = BinlogDecoder()
    var image = RowImage()
    var other = RowImage()
    for packet in packets {
      try packet.withUnsafeBytes { bytes in
        decoder.begin(bytes)
        while let event = try decoder.next() {
          guard case .rows(let rows) = event else { continue }
          let reader = try RowReader(rows.map, decompressedLimit: 4999)
          reader.begin(rows)
          let error = #expect(throws: BinlogError.self) { try reader.next(before: &other, after: &image) }
          #expect(error?.reason == .tooLarge)
        }
      }
    }
  }
}
