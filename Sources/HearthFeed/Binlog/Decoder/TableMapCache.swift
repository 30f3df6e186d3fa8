/// The table maps of the current file, by id, bounded.
struct TableMapCache {
  private var maps: [UInt64: TableMap] = [:]
  private var cost = 0

  /// More than this, and all but those of the current statement are given up: servers tell every statement's again.
  static let mostMaps = 4096
  /// The same for their bytes.
  static let mostBytes = 64 << 20

  subscript(id: UInt64) -> TableMap? { maps[id] }

  mutating func forget() {
    maps.removeAll()
    cost = 0
  }

  /// The table map of an event's body: the object from before where it says the same.
  mutating func add(
    _ body: UnsafeRawBufferPointer, idSize: Int, isMariaDB: Bool
  ) throws(BinlogError) -> TableMap {
    guard body.count >= idSize else { throw BinlogError(.damaged, "TABLE_MAP event is too short") }
    var reader = EventBytes(body)
    let id = reader.number(idSize)
    if let known = maps[id], known.isDescribed(by: body) { return known }
    let map = try TableMap(body, idSize: idSize, isMariaDB: isMariaDB)
    if let replaced = maps.updateValue(map, forKey: id) { cost -= replaced.cost }
    cost += map.cost
    guard maps.count <= Self.mostMaps, cost <= Self.mostBytes else {
      throw BinlogError(.tooLarge, "a statement has more than \(Self.mostMaps) table maps")
    }
    return map
  }

  /// A statement ended: before the next one begins, its table maps come again.
  mutating func statementEnded() {
    if maps.count > Self.mostMaps / 2 || cost > Self.mostBytes / 2 { forget() }
  }
}
