import CZlib
import CZstd

@testable import HearthFeed

/// Bytes of events, put together by hand.
struct EventBuilder {
  /// Numbers of 1, 2, 4 or 8 bytes, lowest first.
  static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Length and text, as in the protocol's packed form.
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    (bytes.count < 251 ? [UInt8(bytes.count)] : [252] + Self.bytes(UInt16(bytes.count))) + bytes
  }

  /// Header and body; with a checksum at the end if asked for.
  static func event(
    _ type: UInt8, _ body: [UInt8], next: UInt32 = 0, flags: UInt16 = 0, server: UInt32 = 7,
    checksum: Bool = false
  ) -> [UInt8] {
    var event = bytes(UInt32(1_700_000_000)) + [type] + bytes(server)
    event += bytes(UInt32(19 + body.count + (checksum ? 4 : 0))) + bytes(next) + bytes(flags) + body
    if checksum { event += crc(event) }
    return event
  }

  static func crc(_ event: [UInt8]) -> [UInt8] { bytes(UInt32(crc32(0, event, UInt32(event.count)))) }

  /// A FORMAT_DESCRIPTION event.
  static func format(version: String = "8.0.40", checksum: Bool = false) -> [UInt8] {
    var body = bytes(UInt16(4)) + Array(version.utf8)
    body += Array(repeating: 0, count: 52 - body.count) + bytes(UInt32(0)) + [19]
    var postHeaders = Array(repeating: UInt8(0), count: 41)
    postHeaders[1] = 13
    postHeaders[18] = 8
    for type in 23...25 { postHeaders[type - 1] = 8 }
    for type in 30...32 { postHeaders[type - 1] = 10 }
    body += postHeaders + [checksum ? 1 : 0]
    return checksum ? event(15, body, checksum: true) : event(15, body + [0, 0, 0, 0])
  }

  static func query(_ text: String, database: String = "shop", status: [UInt8] = []) -> [UInt8] {
    var body = bytes(UInt32(1)) + bytes(UInt32(0)) + [UInt8(database.utf8.count)] + bytes(UInt16(0))
    body += bytes(UInt16(status.count)) + status + Array(database.utf8) + [0]
    return event(2, body + Array(text.utf8))
  }

  /// A TABLE_MAP event; `optional` are fields of the metadata.
  static func tableMap(
    id: UInt64 = 5, database: String = "shop", table: String = "user", types: [UInt8], metadata: [UInt8] = [],
    optional: [(type: UInt8, bytes: [UInt8])] = []
  ) -> [UInt8] {
    var body = Array(bytes(id)[..<6]) + bytes(UInt16(1))
    body += [UInt8(database.utf8.count)] + Array(database.utf8) + [0]
    body += [UInt8(table.utf8.count)] + Array(table.utf8) + [0]
    body += packed(types) + packed(metadata) + Array(repeating: 0xFF, count: (types.count + 7) / 8)
    for field in optional { body += [field.type] + packed(field.bytes) }
    return event(19, body)
  }

  /// Names `c0`, `c1` and so on, as metadata.
  static func names(_ count: Int) -> (type: UInt8, bytes: [UInt8]) {
    (4, (0..<count).flatMap { packed(Array("c\($0)".utf8)) })
  }

  /// A rows event of version 2 for all of `columns` columns: 30 written, 31 changed, 32 deleted.
  static func rows(_ type: UInt8, id: UInt64 = 5, columns: Int, _ rows: [UInt8]) -> [UInt8] {
    let bitmap = Array(repeating: UInt8(0xFF), count: (columns + 7) / 8)
    var body = Array(bytes(id)[..<6]) + bytes(UInt16(1)) + bytes(UInt16(2)) + [UInt8(columns)] + bitmap
    if type == 31 { body += bitmap }
    return event(type, body + rows)
  }

  /// MySQL's compressed transaction.
  static func payload(_ events: [[UInt8]], compressed: Bool = true) -> [UInt8] {
    let plain = events.flatMap { $0 }
    var data = plain
    if compressed {
      data = Array(repeating: 0, count: ZSTD_compressBound(plain.count))
      data.removeLast(data.count - ZSTD_compress(&data, data.count, plain, plain.count, 3))
    }
    var body: [UInt8] = [2] + packed([compressed ? 0 : 253, 255, 0].prefixed(compressed ? 1 : 3))
    body += [1] + packed([253] + Array(bytes(UInt32(data.count))[..<3]))
    body += [3] + packed([253] + Array(bytes(UInt32(plain.count))[..<3])) + [0]
    return event(40, body + data)
  }

  /// MariaDB's form of compressed pieces.
  static func deflated(_ plain: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(plain.count))
    var data = Array(repeating: UInt8(0), count: Int(length))
    compress(&data, &length, plain, UInt(plain.count))
    return [0x82] + Array(bytes(UInt16(plain.count)).reversed()) + data[..<Int(length)]
  }
}

extension [UInt8] {
  fileprivate func prefixed(_ count: Int) -> [UInt8] {
    // 255 as a packed number has three bytes.
    count == 1 ? [self[0]] : [252, 255, 0]
  }
}

/// What a decoder tells of packets, kept.
struct Told {
  var events: [BinlogEvent] = []
  /// Rows as text: values with `|` between, `NULL`, `-` for what is absent; images of an update with `>` between.
  var rows: [String] = []
  var positions: [BinlogPosition] = []
  var failure: BinlogError?

  /// Decodes the packets one after another, the rows of known tables with `schema` where the log does not tell.
  init(_ packets: [[UInt8]], schema: TableSchema? = nil, wanted: [Int]? = nil, limit: Int = 16 << 20) {
    var decoder = BinlogDecoder(decompressedLimit: limit)
    do {
      for packet in packets {
        try packet.withUnsafeBytes { bytes in
          decoder.begin(bytes)
          while let event = try decoder.next() {
            events.append(event)
            positions.append(decoder.position)
            if case .rows(let rows) = event { try read(rows, schema, wanted) }
          }
        }
      }
    } catch {
      failure = error as? BinlogError
    }
  }

  private mutating func read(_ event: RowsEvent, _ schema: TableSchema?, _ wanted: [Int]?) throws {
    var before = RowImage()
    var after = RowImage()
    let reader = try RowReader(event.map, schema: schema, wanted: wanted)
    reader.begin(event)
    while try reader.next(before: &before, after: &after) {
      let images =
        event.kind == .insert ? [Self.text(after)] : event.kind == .delete ? [Self.text(before)] : []
      rows.append(images.first ?? "\(Self.text(before)) > \(Self.text(after))")
    }
  }

  private static func text(_ image: borrowing RowImage) -> String {
    var texts: [String] = []
    for column in 0..<image.count {
      switch image[column].state {
      case .value: texts.append(String(decoding: image[column].bytes, as: UTF8.self))
      case .null: texts.append("NULL")
      case .absent: texts.append("-")
      }
    }
    return texts.joined(separator: "|")
  }
}
