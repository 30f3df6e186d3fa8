/// Types of events that are decoded (`libs/mysql/binlog/event/binlog_event.h`, MariaDB's `sql/log_event.h`).
enum EventType {
  static let query: UInt8 = 2
  static let stop: UInt8 = 3
  static let rotate: UInt8 = 4
  static let format: UInt8 = 15
  static let xid: UInt8 = 16
  static let executeLoadQuery: UInt8 = 18
  static let tableMap: UInt8 = 19
  static let rowsOldest: ClosedRange<UInt8> = 20...22
  static let rowsV1: ClosedRange<UInt8> = 23...25
  static let incident: UInt8 = 26
  static let heartbeat: UInt8 = 27
  static let rowsV2: ClosedRange<UInt8> = 30...32
  static let mysqlGTID: UInt8 = 33
  static let anonymousGTID: UInt8 = 34
  static let previousGTIDs: UInt8 = 35
  static let xaPrepare: UInt8 = 38
  static let partialUpdateRows: UInt8 = 39
  static let transactionPayload: UInt8 = 40
  static let heartbeatV2: UInt8 = 41
  static let taggedGTID: UInt8 = 42
  static let mariadbGTID: UInt8 = 162
  static let mariadbGTIDList: UInt8 = 163
  static let startEncryption: UInt8 = 164
  static let compressedQuery: UInt8 = 165
  static let compressedRowsV1: ClosedRange<UInt8> = 166...168
  static let compressedRowsV2: ClosedRange<UInt8> = 169...171

  /// What a follower of rows has no use for: STOP, the parts of statements, ROWS_QUERY, group replication's events,
  /// ANNOTATE_ROWS, BINLOG_CHECKPOINT.
  static func isOfNoUse(_ type: UInt8) -> Bool {
    switch type {
    case stop, 5, 8, 9, 11, 13, 14, 17, 28, 29, 36, 37, 160, 161: true
    default: false
    }
  }
}
