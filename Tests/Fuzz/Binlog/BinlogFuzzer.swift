import CFuzzer
import Glibc
import HearthFeed

/// Any packets: nothing is read outside of them, nothing crashes, and memory stays a small multiple of what came in.
///
/// The first byte says which server writes the log and with which metadata; then come packets, each with two bytes of length
/// (in which the type may be anything) and the body. Headers and a FORMAT_DESCRIPTION are made here, so that the fuzzer works on
/// bodies.
///
///     HEARTH_FUZZ=1 swift build -c release --product fuzz-binlog --scratch-path .build-fuzz \
///       -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xswiftc -use-ld=lld
///     SWIFT_BACKTRACE=enable=no .build-fuzz/release/fuzz-binlog -max_total_time=60 -rss_limit_mb=512
@main
enum BinlogFuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { arguments in
      _ = LLVMFuzzerRunDriver(&count, arguments, check)
    }
  }
}

/// Types that are worth more attempts than their share of 256.
private let types: [UInt8] = [
  19, 30, 31, 32, 2, 40, 39, 166, 167, 169, 170, 165, 33, 42, 162, 163, 4, 16, 38, 27, 41, 26, 23, 24, 25, 20,
  18, 35, 15,
]

@Sendable private func check(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: size)
  guard size >= 4 else { return 0 }
  var decoder = BinlogDecoder(decompressedLimit: 1 << 20)
  feed(&decoder, format(isMariaDB: bytes[0] & 1 == 0))
  var offset = 1
  while offset + 3 <= size {
    let type = bytes[offset] < 250 ? types[Int(bytes[offset]) % types.count] : bytes[offset + 1]
    let length = min(Int(bytes[offset + 1]) | Int(bytes[offset + 2] & 15) << 8, size - offset - 3)
    let body = UnsafeRawBufferPointer(rebasing: bytes[offset + 3..<offset + 3 + length])
    feed(&decoder, packet(type, body))
    offset += 3 + length
  }
  return 0
}

private func packet(_ type: UInt8, _ body: some Collection<UInt8>) -> [UInt8] {
  let length = 19 + body.count
  var packet: [UInt8] = [0, 0, 0, 0, type, 1, 0, 0, 0]
  packet += [UInt8(length & 255), UInt8(length >> 8 & 255), 0, 0, 9, 9, 0, 0, 0, 0]
  packet += body
  return packet
}

private func format(isMariaDB: Bool) -> [UInt8] {
  var body: [UInt8] = [4, 0]
  body += Array((isMariaDB ? "10.11.19-MariaDB" : "8.0.40").utf8)
  body += Array(repeating: 0, count: 56 - body.count) + [19] + Array(repeating: 0, count: 41)
  return packet(15, body + [0, 0, 0, 0, 0])
}

private func feed(_ decoder: inout BinlogDecoder, _ packet: [UInt8]) {
  // A copy of its own for the sanitizer to guard.
  let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: packet.count, alignment: 1)
  defer { copy.deallocate() }
  copy.copyBytes(from: packet)
  decoder.begin(UnsafeRawBufferPointer(copy))
  do {
    while let event = try decoder.next() { look(event) }
  } catch {
    precondition(!error.description.isEmpty)
  }
}

private func look(_ event: BinlogEvent) {
  switch event {
  case .rows(let rows):
    // What the table map tells, and without it a schema of the kinds that fit best.
    for schema in [nil, guess(rows.map)] {
      guard let reader = try? RowReader(rows.map, schema: schema, decompressedLimit: 1 << 20) else {
        continue
      }
      var before = RowImage()
      var after = RowImage()
      reader.begin(rows)
      while (try? reader.next(before: &before, after: &after)) == true {
        touch(before)
        touch(after)
      }
    }
  case .query(let query):
    _ = query.text.reduce(0, &+)
    _ = query.database.reduce(0, &+)
  case .mysqlPreviousGTIDs(let bytes): _ = bytes.reduce(0, &+)
  default: break
  }
  _ = event.ending
}

private func guess(_ map: TableMap) -> TableSchema? {
  let kinds: [ColumnKind] = [
    .integer, .decimal, .float, .double, .bit, .year, .date, .time, .datetime, .timestamp, .uuid, .inet,
    .text, .bytes,
    .json, .geometry, .set, .enumeration,
  ]
  var columns: [ColumnSchema] = []
  for index in 0..<map.columnCount {
    guard let kind = kinds.first(where: { map.fits($0, column: index) }) else { return nil }
    columns.append(
      ColumnSchema(Column(name: "c", kind: kind), characterSet: .sjis, members: ["a", "bc", ""]))
  }
  return TableSchema(columns: columns)
}

private func touch(_ image: borrowing RowImage) {
  var sum: UInt8 = 0
  for column in 0..<image.count {
    for byte in image[column].bytes { sum &+= byte }
  }
  blackHole = sum
}

nonisolated(unsafe) private var blackHole: UInt8 = 0
