import CHearth
import Glibc
import HearthStorage

/// Counts per key prefix (`stats detail`), kept only while switched on. One table for all workers under a
/// lock of its own, the last in the order of locks (shards record under theirs): people switch it on to look for something, not to leave it on. Bounded: keys with new
/// prefixes beyond the limit are not counted.
struct PrefixStatistics {
  struct Counts {
    var gets: UInt64 = 0
    var hits: UInt64 = 0
    var sets: UInt64 = 0
    var deletes: UInt64 = 0
  }

  static let limit = 10_000
  private var table: [[UInt8]: Counts] = [:]

  static func recordGet(_ w: WorkerPointer, _ key: Key, hit: Bool) {
    record(w, key) {
      $0.gets += 1
      if hit { $0.hits += 1 }
    }
  }

  static func recordSet(_ w: WorkerPointer, _ key: Key) { record(w, key) { $0.sets += 1 } }

  static func recordDelete(_ w: WorkerPointer, _ key: Key) { record(w, key) { $0.deletes += 1 } }

  private static func record(_ w: WorkerPointer, _ key: Key, _ change: (inout Counts) -> Void) {
    let server = w.pointee.server
    ServerState.withPrefixes(server) {
      $0.record(
        UnsafeRawBufferPointer(start: key.start, count: key.count), server.pointee.statisticsDelimiter, change
      )
    }
  }

  mutating func record(_ key: UnsafeRawBufferPointer, _ delimiter: UInt8, _ change: (inout Counts) -> Void) {
    guard let end = key.firstIndex(of: delimiter) else { return }
    let prefix = Array(key[..<end])
    if table[prefix] == nil && table.count >= Self.limit { return }
    change(&table[prefix, default: Counts()])
  }

  mutating func removeAll() { table = [:] }

  /// `PREFIX name get n hit n set n del n` lines and END.
  func dump() -> StatisticsWriter {
    var writer = StatisticsWriter()
    for (prefix, c) in table {
      let name = String(decoding: prefix, as: UTF8.self)
      writer.line("PREFIX \(name) get \(c.gets) hit \(c.hits) set \(c.sets) del \(c.deletes)")
    }
    writer.line("END")
    return writer
  }
}
