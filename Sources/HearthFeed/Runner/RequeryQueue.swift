/// A list or a join to be asked anew, for a key.
struct RequeryRequest {
  let table: Int
  let target: Int
  let key: [UInt8]
  /// Texts for the statement's parameters.
  let parameters: [[UInt8]]
  let ttl: UInt32
  let flags: UInt32
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

  /// A newer request for a key takes the place of the one that waits; one that comes back does not.
  mutating func add(_ request: RequeryRequest, isNewer: Bool = true) {
    let name = Name(table: request.table, target: request.target, key: request.key)
    if !isNewer, waiting[name] != nil { return }
    if waiting.updateValue(request, forKey: name) == nil { order.append(name) }
  }

  /// The oldest, at most `count`; a change that comes while they are asked puts a key into the queue again.
  mutating func take(_ count: Int) -> [RequeryRequest] {
    var requests: [RequeryRequest] = []
    while requests.count < count, next < order.count {
      if let request = waiting.removeValue(forKey: order[next]) { requests.append(request) }
      next += 1
    }
    if next == order.count {
      order.removeAll(keepingCapacity: order.count < 4096)
      next = 0
    }
    return requests
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
}
