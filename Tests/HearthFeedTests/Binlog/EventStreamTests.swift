import Testing

@testable import HearthFeed

struct EventStreamTests {
  private typealias Event = EventBuilder

  private func names(_ told: Told) -> [String] {
    told.events.map { String(describing: $0).split(separator: "(").first.map(String.init) ?? "" }
  }

  @Test
  func `the place to go on follows ROTATE and the events, beyond 4 GiB too`() {
    let rotate = Event.event(4, Event.bytes(UInt64(4)) + Array("bin.000007".utf8), flags: 0x20)
    let told = Told([
      rotate, Event.format(), Event.event(3, [], next: 0xFFFF_FF00), Event.event(3, [], next: 0x100),
      Event.event(27, Array("bin.000007".utf8), next: 0x200),
      Event.event(4, Event.bytes(UInt64(4)) + Array("bin.000008".utf8)),
    ])
    #expect(told.failure == nil)
    #expect(told.positions[2].description == "bin.000007:4294967040")
    #expect(told.positions[3].description == "bin.000007:4294967552")
    #expect(told.positions[4] == told.positions[3])
    #expect(told.positions[5].description == "bin.000008:4")
    guard case .heartbeat(let place) = told.events[4] else { return #expect(Bool(false)) }
    #expect(place.offset == 0x200)
  }

  @Test
  func `checksums are checked when the format says so, and before it told anything when they match`() {
    let rotate = Event.event(4, Event.bytes(UInt64(4)) + Array("bin.1".utf8), flags: 0x20, checksum: true)
    let good = Event.event(16, Event.bytes(UInt64(77)), checksum: true)
    var bad = good
    bad[20] ^= 1
    let told = Told([rotate, Event.format(checksum: true), good, bad])
    guard case .rotate(let place) = told.events[0], case .xid(77) = told.events[2] else {
      return #expect(Bool(false), "\(told.events)")
    }
    #expect(place.file == "bin.1")
    #expect(told.failure?.reason == .checksum)
    #expect(told.failure?.description.hasSuffix("at bin.1:4") == true)
    let without = Told([Event.format(), Event.event(16, Event.bytes(UInt64(77)))])
    #expect(without.failure == nil && without.events.count == 2)
  }

  @Test
  func `a FORMAT_DESCRIPTION of a file in use has the checksum of one that is closed`() {
    var format = Event.format(checksum: true)
    format[17] |= 1
    #expect(Told([format]).failure == nil)
    format[30] ^= 1
    #expect(Told([format]).failure?.reason == .checksum)
  }

  @Test
  func `an event that is cut off anywhere is damaged, never more`() {
    let whole = [
      Event.query("COMMIT"), Event.tableMap(types: [3]), Event.event(16, Event.bytes(UInt64(1))),
      Event.event(33, Array(repeating: 1, count: 25)), Event.event(162, Array(repeating: 0, count: 13)),
      Event.event(163, Event.bytes(UInt32(1)) + Array(repeating: 0, count: 16)),
    ]
    for event in whole {
      #expect(Told([Event.format(), event]).failure == nil)
      for length in 0..<event.count {
        var cut = Array(event[..<length])
        #expect(Told([Event.format(), cut]).failure?.reason == .damaged)
        guard length >= 19 else { continue }
        // With a length that matches, so that the body is looked at.
        cut.replaceSubrange(9..<13, with: Event.bytes(UInt32(length)))
        let failure = Told([Event.format(), cut]).failure
        #expect(failure == nil || failure?.reason == .damaged)
      }
    }
  }

  @Test
  func `GTIDs are shown as the servers write them`() {
    let uuid: [UInt8] = Array(0x10...0x1F)
    let mysql = Event.event(33, [0] + uuid + Event.bytes(Int64(42)) + [2])
    // From MySQL's own serialization tests: flags 1, UUID, number 1, tag foobaz.
    let tagged = Event.event(
      42,
      [
        2, 0x76, 0, 0, 2, 2, 0x25, 2, 0xDC, 0xF0, 9, 2, 0x30, 0xF9, 3, 0x22, 0xBD, 3, 0xAD, 2, 0x21, 2, 0x44,
        0x44, 0x5A,
        0x68, 0x51, 3, 0x22, 4, 4, 6, 0xC, 0x66, 0x6F, 0x6F, 0x62, 0x61, 0x7A, 8, 0, 10, 4,
      ])
    let maria = Event.event(
      162, Event.bytes(UInt64(9)) + Event.bytes(UInt32(3)) + [1 | 32] + Array(repeating: 0, count: 6),
      server: 11)
    let list = Event.event(
      163, Event.bytes(UInt32(1)) + Event.bytes(UInt32(3)) + Event.bytes(UInt32(11)) + Event.bytes(UInt64(8)))
    let told = Told([Event.format(), mysql, tagged, Event.event(34, []), maria, list])
    guard told.failure == nil, told.events.count == 6, case .mysqlGTID(let first?) = told.events[1],
      case .mysqlGTID(let second?) = told.events[2], case .mysqlGTID(nil) = told.events[3],
      case .mariadbGTID(let third) = told.events[4], case .mariadbGTIDList(let fourth) = told.events[5]
    else { return #expect(Bool(false), "\(told)") }
    #expect(first.description == "10111213-1415-1617-1819-1a1b1c1d1e1f:42")
    #expect(second.description == "896e7882-18fe-11ef-ab88-22222d34d411:foobaz:1")
    #expect(third.id.description == "3-11-9" && third.isStandalone && third.isDDL && !third.isPrepared)
    #expect(fourth.map(\.description) == ["3-11-8"])
  }

  @Test
  func `a transaction ends with XID, COMMIT, ROLLBACK or XA COMMIT, a statement outside of one by itself`() {
    let gtid = Event.event(34, [])
    let prepare = Event.event(
      38, [0] + Event.bytes(UInt32(1)) + Event.bytes(UInt32(1)) + Event.bytes(UInt32(0)) + [0x61])
    let id = XAIdentifier(format: 1, global: [0x61], branch: [])
    let told = Told([
      Event.format(), gtid, Event.query("BEGIN"), Event.query("DROP TABLE t"), Event.query("SAVEPOINT a"),
      Event.event(16, Event.bytes(UInt64(5))), gtid, Event.query("ALTER TABLE t FORCE"), gtid,
      Event.query("BEGIN"),
      Event.query("ROLLBACK"), gtid, Event.query("XA START X'61',X'',1"), Event.query("XA END X'61',X'',1"),
      prepare, gtid,
      Event.query("XA COMMIT X'61',X'',1"), gtid, Event.query("CREATE TABLE t (a INT) START TRANSACTION"),
      Event.event(16, Event.bytes(UInt64(6))),
    ])
    #expect(told.failure == nil)
    let ends = told.events.enumerated().compactMap { index, event in event.ending.map { (index, $0) } }
    #expect(ends.map(\.0) == [5, 7, 10, 16, 19])
    #expect(ends.map(\.1) == [.commit, .commit, .rollback, .xaCommit(id), .commit])
    guard case .xaPrepare(id, onePhase: false) = told.events[14] else { return #expect(Bool(false)) }
  }

  @Test
  func `a statement of MariaDB ends its group only where the GTID says that it stands alone`() {
    func gtid(_ flags: UInt8) -> [UInt8] {
      Event.event(
        162, Event.bytes(UInt64(1)) + Event.bytes(UInt32(0)) + [flags] + Array(repeating: 0, count: 6))
    }
    let told = Told([
      Event.format(version: "10.11.19-MariaDB-log"), gtid(1), Event.query("CREATE TABLE t (a INT)"), gtid(0),
      Event.query("CREATE TABLE u SELECT 1"), Event.query("COMMIT"),
    ])
    #expect(told.events.map { $0.ending != nil } == [false, false, true, false, false, true])
  }

  @Test
  func `a compressed transaction is told event by event, and goes on after the whole of it`() {
    let inner = [
      Event.query("BEGIN"), Event.tableMap(types: [3], optional: [Event.names(1)]),
      Event.rows(30, columns: 1, [0, 1, 0, 0, 0, 0, 2, 0, 0, 0]), Event.event(16, Event.bytes(UInt64(5))),
    ]
    for compressed in [true, false] {
      var packet = Event.payload(inner, compressed: compressed)
      packet.replaceSubrange(13..<17, with: Event.bytes(UInt32(999)))
      let told = Told([Event.format(), packet])
      #expect(told.failure == nil)
      #expect(names(told) == ["format", "query", "tableMap", "rows", "xid"])
      #expect(told.rows == ["1", "2"])
      #expect(told.positions.last?.offset == 999)
      packet.removeLast(3)
      packet.replaceSubrange(9..<13, with: Event.bytes(UInt32(packet.count)))
      #expect(Told([Event.format(), packet]).failure?.reason == .damaged)
    }
  }

  @Test
  func `a compressed transaction cannot use more memory than the limit, and only its large event is lost`() {
    let map = Event.tableMap(types: [252], metadata: [3], optional: [Event.names(1)])
    func row(_ count: Int) -> [UInt8] {
      let value = Array(repeating: UInt8(ascii: "x"), count: count)
      return Event.rows(30, columns: 1, [0] + Event.bytes(UInt32(count))[..<3] + value)
    }
    let end = Event.event(16, Event.bytes(UInt64(1)))
    let inner = Event.payload([Event.query("BEGIN"), map, row(5000), row(3), end])
    let lost = Told([Event.format(), inner], limit: 4096)
    #expect(lost.failure == nil && lost.rows == ["xxx"])
    #expect(names(lost) == ["format", "query", "tableMap", "unreadableRows", "rows", "xid"])
    guard case .unreadableRows(let table, let error) = lost.events[3] else { return #expect(Bool(false)) }
    #expect(table?.table == "user" && error.reason == .tooLarge)
    let large = Event.query("INSERT INTO t VALUES ('" + String(repeating: "x", count: 1 << 20) + "')")
    #expect(Told([Event.format(), Event.payload([large])], limit: 2 << 20).failure == nil)
    #expect(Told([Event.format(), Event.payload([large])], limit: 1 << 20).failure?.reason == .tooLarge)
  }

  @Test
  func `MariaDB's compressed statements and rows are read, within the limit`() {
    let map = Event.tableMap(types: [3], optional: [Event.names(1)])
    let plain = Event.rows(30, columns: 1, [])
    var rows = Array(plain[19...]) + Event.deflated([0, 7, 0, 0, 0])
    let query = Event.query("")
    let statement = Event.event(165, Array(query[19...]) + Event.deflated(Array("TRUNCATE t".utf8)))
    let told = Told([Event.format(), statement, map, Event.event(169, rows)])
    #expect(told.failure == nil && told.rows == ["7"])
    guard case .query(let query) = told.events[1] else { return #expect(Bool(false)) }
    #expect(query.statement == .ddl(.truncate, [TableName(database: "shop", table: "t")]))
    let small = Told(
      [Event.format(), map, Event.event(169, rows), Event.event(16, Event.bytes(UInt64(1)))], limit: 4)
    #expect(names(small) == ["format", "tableMap", "unreadableRows", "xid"])
    // A length that no data of this size can have.
    rows[Array(plain[19...]).count + 1] = 0xFF
    #expect(names(Told([Event.format(), map, Event.event(169, rows)])).last == "unreadableRows")
  }

  @Test
  func `events of no use are passed over, unknown ones are told`() {
    let told = Told([
      Event.format(), Event.event(3, []), Event.event(29, [1]), Event.event(160, [65]),
      Event.event(26, [1, 0, 2, 65, 66]),
      Event.event(99, [1, 2]), Event.event(100, [], flags: 0x80),
      Event.event(41, [1, 2, 98, 49, 2, 1, 77, 0]),
    ])
    #expect(
      names(told) == [
        "format", "ignored", "ignored", "ignored", "incident", "unknown", "unknown", "heartbeat",
      ])
    guard case .incident("AB") = told.events[4], case .unknown(99, ignorable: false) = told.events[5],
      case .unknown(100, ignorable: true) = told.events[6], case .heartbeat(let place) = told.events[7]
    else { return #expect(Bool(false)) }
    #expect(place == BinlogPosition(file: "b1", offset: 77))
  }

  @Test
  func `a table that cannot be read is an error of that table only`() {
    let told = Told([
      Event.format(), Event.tableMap(id: 5, table: "old", types: [3, 12]),
      Event.rows(30, id: 5, columns: 2, [0]),
      Event.tableMap(id: 6, types: [3], optional: [Event.names(1)]),
      Event.rows(30, id: 6, columns: 1, [0, 9, 0, 0, 0]),
      Event.rows(30, id: 8, columns: 1, [0]), Event.tableMap(id: 9, types: [3, 20]),
      Event.rows(30, id: 9, columns: 2, [0]), Event.rows(32, id: 0xFF_FFFF, columns: 1, []),
    ])
    #expect(told.failure == nil && told.rows == ["9"])
    let errors = told.events.compactMap { event -> BinlogError? in
      guard case .unreadableRows(_, let error) = event else { return nil }
      return error
    }
    #expect(errors.count == 3)
    #expect(
      errors[0].message.contains("shop.old")
        && errors[0].message.contains("column 2 is a DATETIME in the format"))
    #expect(errors[1].message.contains("table number 8"))
    #expect(errors[2].message.contains("multi-valued index"))
    #expect(names(told).last == "ignored")
  }

  @Test
  func `the same table map is the same object until the file or the table changes`() {
    func map(_ told: Told, _ index: Int) -> TableMap? {
      guard case .tableMap(let map) = told.events[index] else { return nil }
      return map
    }
    let first = Event.tableMap(types: [3])
    let rotate = Event.event(4, Event.bytes(UInt64(4)) + Array("b".utf8))
    let told = Told([Event.format(), first, first, Event.tableMap(types: [3, 3]), rotate, first])
    #expect(map(told, 1) === map(told, 2))
    #expect(map(told, 3) !== map(told, 2) && map(told, 3)?.columnCount == 2)
    #expect(map(told, 5) != nil && map(told, 5) !== map(told, 1))
    #expect(Told([Event.format(), first, rotate, Event.rows(30, columns: 1, [0, 1, 0, 0, 0])]).rows.isEmpty)
  }
}
