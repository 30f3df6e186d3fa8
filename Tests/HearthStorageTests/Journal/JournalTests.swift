import Testing

@testable import HearthStorage

/// The ring of changes: what was appended is read in order, as long as it is there.
@Suite struct JournalTests {
  private let journal = Journal.make(bytes: 1 << 20)!

  private func append(_ text: String, _ kind: JournalRecord.Kind = .key, pool: Int = 0) -> UInt64 {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { Journal.append(journal, kind, pool: pool, $0.baseAddress!, $0.count) }
  }

  /// What is behind the cursor, up to `room` bytes; nil: it is lost.
  private func read(
    _ cursor: inout JournalCursor, room: Int = 4096
  ) -> [(sequence: UInt64, pool: Int, text: String)]? {
    let before = cursor.sequence
    var buffer = [UInt8](repeating: 0, count: room)
    let reading = buffer.withUnsafeMutableBytes {
      Journal.read(journal, &cursor, into: $0.baseAddress!, room: room)
    }
    guard case .bytes(let count) = reading else { return nil }
    var records: [(sequence: UInt64, pool: Int, text: String)] = []
    buffer.withUnsafeBytes {
      Journal.forEach(UnsafeRawBufferPointer(rebasing: $0[..<count]), after: before) { record in
        records.append((record.sequence, record.pool, String(decoding: record.bytes, as: UTF8.self)))
      }
    }
    return records
  }

  private func expectLost(_ cursor: inout JournalCursor) {
    let isLost = read(&cursor) == nil
    #expect(isLost)
  }

  @Test func `what is appended is read in order`() {
    for i in 1...1000 { #expect(append("key\(i)", pool: i % 7) == UInt64(i)) }
    #expect(Journal.bounds(journal) == (1000, 0))
    for room in [256, 300, 8192] {
      var cursor = JournalCursor(after: 0)
      var expected: UInt64 = 1
      while let records = read(&cursor, room: room), !records.isEmpty {
        for record in records {
          #expect(record.sequence == expected && record.text == "key\(expected)")
          #expect(record.pool == Int(expected % 7))
          expected += 1
        }
        #expect(cursor.sequence == expected - 1)
      }
      #expect(expected == 1001)
    }
  }

  @Test func `a reader may begin behind any record`() throws {
    // More than two chunks, so that records lie on both sides of an end.
    for i in 1...9000 { _ = append("some key of a record \(i)") }
    for start in stride(from: 0, to: 9000, by: 61) {
      var cursor = JournalCursor(after: UInt64(start))
      let records = try #require(read(&cursor))
      #expect(records.first?.sequence == UInt64(start) + 1)
      #expect(records.first?.text == "some key of a record \(start + 1)")
    }
    var end = JournalCursor(after: 9000)
    let nothing = try #require(read(&end))
    #expect(nothing.isEmpty)
    _ = append("one more")
    let more = try #require(read(&end))
    #expect(more.map(\.text) == ["one more"])
  }

  @Test func `what was overwritten is lost, and what is left is whole`() throws {
    let key = String(repeating: "k", count: 200)
    var last: UInt64 = 0
    var cursor = JournalCursor(after: 0)
    while Journal.bounds(journal).floor == 0 { last = append(key + "\(last + 1)") }
    expectLost(&cursor)
    for _ in 0..<20_000 { last = append(key + "\(last + 1)") }
    let (end, floor) = Journal.bounds(journal)
    #expect(end == last && floor > 0)
    // A mebibyte in chunks of which the first may be gone.
    #expect(Int(end - floor) * 203 > 900 << 10)
    var oldest = JournalCursor(after: floor)
    var expected = floor + 1
    while true {
      let records = try #require(read(&oldest, room: 8192))
      if records.isEmpty { break }
      for record in records {
        #expect(record.sequence == expected && record.text == key + "\(expected)")
        expected += 1
      }
    }
    #expect(expected == end + 1)
    var tooOld = JournalCursor(after: floor - 1)
    expectLost(&tooOld)
    var beyond = JournalCursor(after: end + 1)
    expectLost(&beyond)
  }

  @Test func `a reader that is overtaken hears of it before`() throws {
    var cursor = JournalCursor(after: 0)
    _ = append("first")
    _ = try #require(read(&cursor))
    #expect(!Journal.isPressed(journal, by: cursor))
    var wasPressed = false
    while Journal.bounds(journal).floor == 0 {
      _ = append(String(repeating: "x", count: 250))
      if Journal.isPressed(journal, by: cursor) { wasPressed = true }
    }
    #expect(wasPressed)
    expectLost(&cursor)
  }

  @Test func `versions begin with the epoch, of which 24 bits count`() {
    #expect(append("a") == 1)
    Journal.setEpoch(journal, 5)
    #expect(append("b") == UInt64(5) << 40 | 2)
    Journal.setEpoch(journal, 0x1_ff_ffff)
    #expect(append("c") == UInt64(0xff_ffff) << 40 | 3)
    #expect(Journal.takeSequence() == 3)
    #expect(Journal.takeSequence() == 0)
  }

  @Test func `forgetting keeps the sequence rising`() throws {
    for i in 1...100 { _ = append("k\(i)") }
    Journal.forget(journal)
    #expect(Journal.bounds(journal) == (100, 100))
    var old = JournalCursor(after: 50)
    expectLost(&old)
    var cursor = JournalCursor(after: 100)
    let nothing = try #require(read(&cursor))
    #expect(nothing.isEmpty)
    #expect(append("next") == 101)
    let next = try #require(read(&cursor))
    #expect(next.map(\.text) == ["next"])
  }

  @Test func `a flush names its shard`() throws {
    let bytes: [UInt8] = [3, 0, 0, 1]
    _ = bytes.withUnsafeBytes { Journal.append(journal, .flush, pool: 2, $0.baseAddress!, 4) }
    var cursor = JournalCursor(after: 0)
    var buffer = [UInt8](repeating: 0, count: 256)
    let reading = buffer.withUnsafeMutableBytes {
      Journal.read(journal, &cursor, into: $0.baseAddress!, room: 256)
    }
    #expect(reading == .bytes(7))
    var count = 0
    buffer.withUnsafeBytes {
      Journal.forEach(UnsafeRawBufferPointer(rebasing: $0[..<7]), after: 0) { record in
        count += 1
        #expect(record.kind == .flush && record.pool == 2)
        #expect(record.shard?.number == 3 && record.shard?.count == 256)
      }
    }
    #expect(count == 1)
  }
}
