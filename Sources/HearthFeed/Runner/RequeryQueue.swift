/// A list or a join to be asked anew, for a key.
struct RequeryRequest {
  let table: Int
  let target: Int
  let key: [UInt8]
  /// Texts for the statement's parameters.
  let parameters: [[UInt8]]
  let ttl: UInt32
  let flags: UInt32
  /// The answer must see everything before this place.
  var position: BinlogPosition
}

/// What is to be asked, each key once, oldest first. Under the feed's lock.
struct RequeryQueue {
  private struct Name: Hashable {
    let table: Int
    let target: Int
    let key: [UInt8]
  }

  private var waiting: [Name: RequeryRequest] = [:]
  private var order: [Name] = []
  private var next = 0

  var isEmpty: Bool { waiting.isEmpty }
  var count: Int { waiting.count }

  /// A newer request for a key takes the place of the one that waits.
  mutating func add(_ request: RequeryRequest) {
    let name = Name(table: request.table, target: request.target, key: request.key)
    if waiting.updateValue(request, forKey: name) == nil { order.append(name) }
  }

  /// The oldest; a change that comes while it is asked puts the key into the queue again.
  mutating func take() -> RequeryRequest? {
    if next == order.count { return nil }
    let request = waiting.removeValue(forKey: order[next])
    next += 1
    if next == order.count {
      order.removeAll(keepingCapacity: order.count < 4096)
      next = 0
    }
    return request
  }

  mutating func removeAll() {
    waiting = [:]
    order = []
    next = 0
  }
}

/// A row whose image was not complete: it is read again.
struct Reread {
  let table: Int
  let generation: Int
  /// Its primary key, as SQL.
  let key: [String]
  /// The answer must see everything before this place.
  let position: BinlogPosition
}
