import Testing

@testable import HearthFeed

/// Places of the log, and what is behind them.
@Suite("the log's places")
struct LogTests {
  private func gtids(_ text: String) throws -> MariaDBGTIDState { try #require(MariaDBGTIDState(text)) }

  @Test func `GTID states are read and written as MariaDB does`() throws {
    #expect(try gtids("1-2-5,0-1-27").description == "0-1-27,1-2-5")
    #expect(try gtids("0-1-27,\n1-2-5").description == "0-1-27,1-2-5")
    #expect(try gtids("").isEmpty)
    for text in ["x", "0-1", "0-1-", "0-1-2-3", "-1-2", "0-1-99999999999999999999"] {
      #expect(MariaDBGTIDState(text) == nil, "\(text)")
    }
  }

  @Test func `states contain each other by domains`() throws {
    let state = try gtids("0-1-27,1-2-5")
    #expect(try state.contains(gtids("0-9-27")))
    #expect(try state.contains(gtids("")))
    #expect(try !state.contains(gtids("0-1-28")))
    #expect(try !state.contains(gtids("2-1-1")))
    #expect(try gtids("0-1-20").missing(of: state) == 12)
    var merged = state
    merged.merge(try gtids("0-3-30,1-2-4,7-7-7"))
    #expect(merged.description == "0-3-30,1-2-5,7-7-7")
  }

  @Test func `views are reached by the log, and have what is applied`() throws {
    let place = BinlogPosition(file: "bin.000009", offset: 500)
    let applied = AppliedLog(position: place, gtids: try gtids("0-1-7"))
    let later = BinlogPosition(file: "bin.000010", offset: 4)
    #expect(TableView.place(place).isReached(by: applied) && TableView.place(place).hasAll(of: applied))
    #expect(!TableView.place(later).isReached(by: applied) && TableView.place(later).hasAll(of: applied))
    #expect(!TableView.place(BinlogPosition(file: "bin.000009", offset: 499)).hasAll(of: applied))
    #expect(!TableView.transactions(try gtids("0-1-8")).isReached(by: applied))
    #expect(!TableView.transactions(try gtids("0-1-6")).hasAll(of: applied))
    // Until the new server has told the name of its file nothing is known to be reached.
    let unknown = AppliedLog(position: BinlogPosition(file: "", offset: 4))
    #expect(!TableView.place(place).isReached(by: unknown))
  }

  @Test func `bytes behind a place, over several files`() {
    let length = LogLength(
      end: BinlogPosition(file: "bin.000010", offset: 300),
      files: [("bin.000008", 1000), ("bin.000009", 2000), ("bin.000010", 300)])
    #expect(length.bytes(after: BinlogPosition(file: "bin.000010", offset: 100)) == 200)
    #expect(length.bytes(after: BinlogPosition(file: "bin.000009", offset: 1500)) == 800)
    #expect(length.bytes(after: BinlogPosition(file: "bin.000008", offset: 4)) == 3296)
    #expect(length.bytes(after: BinlogPosition(file: "bin.000010", offset: 900)) == 0)
  }

  @Test func `sets of MySQL's GTIDs are read, grow and are written`() throws {
    let uuid = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
    var set = try #require(MySQLGTIDSet("\(uuid):1-5:7,\n00000000-0000-0000-0000-0000000000ff:3"))
    #expect(set.description == "00000000-0000-0000-0000-0000000000ff:3,\(uuid):1-5:7")
    let (high, low): (UInt64, UInt64) = (0x3e11_fa47_71ca_11e1, 0x9e33_c80a_a942_9562)
    for number: Int64 in [8, 6, 20, 3] {
      set.insert(MySQLGTID(high: high, low: low, tag: "", number: number))
    }
    #expect(set.description == "00000000-0000-0000-0000-0000000000ff:3,\(uuid):1-8:20")
    #expect(!set.hasTags && MySQLGTIDSet("")?.isEmpty == true)
    let tagged = try #require(MySQLGTIDSet("\(uuid):1-2:night:5-9"))
    #expect(tagged.hasTags && tagged.description == "\(uuid):1-2,\(uuid):night:5-9")
    for text in ["x", uuid, "\(uuid):", "\(uuid):5-1", "\(uuid):0", "\(uuid):1-2-3", "3e11:1"] {
      #expect(MySQLGTIDSet(text) == nil, "\(text)")
    }
  }

  @Test func `a set is told to the server in its own form`() throws {
    let set = try #require(MySQLGTIDSet("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:7"))
    let uuid: [UInt8] = [
      0x3e, 0x11, 0xfa, 0x47, 0x71, 0xca, 0x11, 0xe1, 0x9e, 0x33, 0xc8, 0x0a, 0xa9, 0x42, 0x95, 0x62,
    ]
    func word(_ value: UInt8) -> [UInt8] { [value, 0, 0, 0, 0, 0, 0, 0] }
    #expect(set.encoded == word(1) + uuid + word(2) + word(1) + word(6) + word(7) + word(8))
  }
}
