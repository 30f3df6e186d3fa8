@testable import HearthCluster

/// Everything that clients asked, and the judge of the answers.
struct SimHistory {
  var operations: [SimOperation] = []
  var violation: String?
  /// For each key the acknowledged write that is last in the primaries' order.
  var newest: [Int?]
  /// For each key the primary that acknowledged in an epoch.
  private var acknowledger: [[UInt64: Int]]
  private var newestDelete: [UInt64]
  /// For each key the last write that was given a place, and the last that was when its only owner lost it.
  private var newestOrder: [UInt64]
  private var lost: [UInt64]
  /// For each operation the newest acknowledged write of its key when it began.
  private var floors: [Int?] = []
  var reads = 0
  var writes = 0
  var isAsync = false

  init(keys: Int) {
    newest = Array(repeating: nil, count: keys)
    acknowledger = Array(repeating: [:], count: keys)
    newestDelete = Array(repeating: 0, count: keys)
    newestOrder = newestDelete
    lost = newestDelete
  }

  mutating func begin(_ operation: SimOperation) -> Int {
    operations.append(operation)
    floors.append(newest[operation.key])
    return operations.count - 1
  }

  /// The only node that had the key has lost it: there may be nothing, but nothing old either.
  mutating func lose(key: Int) { lost[key] = newestOrder[key] }

  private func isLost(_ number: Int) -> Bool { lost[operations[number].key] >= operations[number].order }

  /// A primary has given a write its place.
  mutating func order(_ number: Int, _ order: UInt64, by node: Int) {
    operations[number].order = order
    operations[number].primary = node
    newestOrder[operations[number].key] = max(newestOrder[operations[number].key], order)
    if operations[number].kind == .delete {
      newestDelete[operations[number].key] = max(newestDelete[operations[number].key], order)
    }
  }

  mutating func acknowledge(_ number: Int, by node: Int, at time: Int) {
    let key = operations[number].key
    let epoch = operations[number].order >> 40
    if let other = acknowledger[key][epoch], other != node {
      fail("n\(other) and n\(node) both acknowledge writes of key \(key) in epoch \(epoch)")
    }
    acknowledger[key][epoch] = node
  }

  /// The client has its answer; for a read with what it found.
  mutating func end(_ number: Int, _ item: SimItem?, at time: Int) {
    guard operations[number].ended == nil else { return }
    operations[number].ended = time
    let operation = operations[number]
    if operation.kind == .read {
      reads += 1
      if !isAsync { judge(number, item, at: time) }
      return
    }
    writes += 1
    if let last = newest[operation.key], operations[last].order > operation.order { return }
    newest[operation.key] = number
  }

  private mutating func judge(_ number: Int, _ item: SimItem?, at time: Int) {
    let key = operations[number].key
    guard let floor = floors[number] else { return }
    let found = item.map { operations[$0.operation].order } ?? newestDelete[key]
    if item == nil && isLost(floor) { return }
    if found < operations[floor].order {
      let what = item.map { "the value of \(describe($0.operation))" } ?? "nothing"
      fail("read \(number) of key \(key) at \(time) got \(what), older than \(describe(floor))")
    }
  }

  /// Compares what a node holds at the end with what was acknowledged.
  mutating func judgeFinally(key: Int, _ item: SimItem?, on node: Int) {
    guard let last = newest[key], !isAsync else { return }
    let found = item.map { operations[$0.operation].order } ?? newestDelete[key]
    if item == nil && isLost(last) { return }
    if found < operations[last].order {
      fail("n\(node) has lost \(describe(last)) of key \(key)")
    }
  }

  mutating func fail(_ reason: String) { if violation == nil { violation = reason } }

  func describe(_ number: Int) -> String {
    let operation = operations[number]
    let order = "\(operation.order >> 40).\(operation.order & 0xff_ffff_ffff)"
    return "write \(number) (\(order), answered at \(operation.ended.map(String.init) ?? "never"))"
  }
}
