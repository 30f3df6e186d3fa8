/// The table that is kept ready: rows of about 150 bytes, of the kinds that tables mostly have. Its entries are JSON of all columns.
enum FeedTable {
  static let name = "bench.items"
  static let pool = "items"
  static let prefix = "item:"

  /// Makes it anew, without rows.
  static let creation = [
    "CREATE DATABASE IF NOT EXISTS bench",
    "DROP TABLE IF EXISTS \(name)",
    """
    CREATE TABLE \(name) (
      id BIGINT UNSIGNED NOT NULL PRIMARY KEY, version BIGINT UNSIGNED NOT NULL, owner INT NOT NULL,
      name VARCHAR(60) NOT NULL, text VARCHAR(200) NOT NULL, price DECIMAL(10,2) NOT NULL,
      created DATETIME NOT NULL, active TINYINT NOT NULL) CHARACTER SET utf8mb4
    """,
  ]

  /// Rows that one transaction writes where many are written.
  static let batch = 1000

  /// Adds the rows `first` to `last`.
  static func insertion(_ first: Int, _ last: Int) -> String {
    """
    INSERT INTO \(name) SELECT seq, 0, seq % 1000, CONCAT('item number ', seq),
      CONCAT(MD5(seq), ' ', MD5(seq + 1), ' ', LEFT(MD5(seq + 2), 30)), seq % 100000 / 7,
      '2026-01-01' + INTERVAL seq SECOND, seq % 2 FROM bench.seq_\(first)_to_\(last)
    """
  }

  /// Changes them.
  static func change(_ first: Int, _ last: Int) -> String {
    "UPDATE \(name) SET version = version + 1, active = 1 - active WHERE id BETWEEN \(first) AND \(last)"
  }

  /// Removes them.
  static func removal(_ first: Int, _ last: Int) -> String {
    "DELETE FROM \(name) WHERE id BETWEEN \(first) AND \(last)"
  }

  /// Runs a statement for each batch of the rows.
  static func forBatches(
    _ rows: Int, _ session: DatabaseSession, _ shown: Progress, _ statement: (Int, Int) -> String
  ) throws(SystemError) {
    var first = 1
    while first <= rows {
      let last = min(first + batch - 1, rows)
      try session.run(statement(first, last))
      shown.show { "\(last) of \(rows) rows" }
      first = last + 1
    }
    shown.clear()
  }

  /// Memory of a pool that holds so many entries (MiB): key, value, header and place in the index, and what a pool that never
  /// evicts has to keep free.
  static func poolMemory(rows: Int) -> Int { max(64, rows * 420 / 1_048_576) }

  /// A hearthd's file.
  /// - Parameter loadRate: Rows per second; nil: the default.
  static func configuration(socket: String, rows: Int, loadRate: Int?) -> String {
    """
    memory: \(memory(rows: rows))m
    pools:
      - {name: \(pool), kind: deterministic, memory: \(poolMemory(rows: rows))m, prefix: "\(prefix)"}
    feeds:
      - name: bench
        pool: \(pool)
        sources: [{socket: "\(socket)", user: root}]
        sweep: 0
    \(loadRate.map { "    load_rows_per_second: \($0)\n" } ?? "")\
        tables:
          - table: \(name)
            key: "\(prefix){id}"
            value: json

    """
  }

  /// Memory of such a hearthd, MiB: a sixteenth of it is for connections, and there is a default pool.
  static func memory(rows: Int) -> Int { poolMemory(rows: rows) * 9 / 8 + 192 }
}
