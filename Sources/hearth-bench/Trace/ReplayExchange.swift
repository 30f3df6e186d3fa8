import CHearth
import Glibc

/// The connection of a replay: a multiget, then the sets of its misses, each verified.
struct ReplayExchange: ~Copyable {
  private let socket: Socket
  private let keys: KeyspaceView
  private let writer: RequestWriter
  private var verifier: ReplyVerifier
  private let output: UnsafeMutablePointer<UInt8>
  private let outputCapacity: Int
  private let input: UnsafeMutablePointer<UInt8>
  private let inputCapacity: Int
  private let longestRequest: Int
  private let gets: UnsafeMutablePointer<PendingReply>
  private let sets: UnsafeMutablePointer<PendingReply>
  private var count = 0

  /// Replies to sets are short, so all sets of a batch can be sent before any reply is read.
  init(_ endpoint: Endpoint, _ keyspace: Keyspace, batch: Int) throws(SystemError) {
    socket = try Socket(connectedTo: endpoint)
    socket.setTimeout(seconds: 30)
    keys = keyspace.view
    writer = RequestWriter(keys: keys)
    verifier = ReplyVerifier(keys: keys)
    longestRequest = RequestWriter.longestRequest(
      keySize: keys.keySize, longestValue: keyspace.longestValue, count: batch)
    outputCapacity = longestRequest + (256 << 10)
    output = .allocate(capacity: outputCapacity)
    inputCapacity = longestRequest + (256 << 10)
    input = .allocate(capacity: inputCapacity)
    gets = .allocate(capacity: batch)
    sets = .allocate(capacity: batch)
  }

  deinit {
    verifier.deallocate()
    output.deallocate()
    input.deallocate()
    gets.deallocate()
    sets.deallocate()
  }

  /// Asks for different objects; returns how many were missing.
  mutating func get(_ objects: ArraySlice<UInt32>, _ sizes: [UInt32]) throws(SystemError) -> Int {
    count = objects.count
    var end = writer.beginMultiget(.get, ttlOf: 0, to: output)
    var i = 0
    for object in objects {
      i += 1
      end = writer.appendKey(
        .get, key: UInt64(object), size: sizes[Int(object)], last: i == count, to: end, pending: gets + i - 1)
    }
    try socket.sendAll(output, end - output)
    try receive(gets, count)
    var misses = 0
    for i in 0..<count {
      if gets[i].outcome == .refused { throw SystemError("get refused: \(complaint)") }
      if gets[i].outcome == .miss { misses += 1 }
    }
    return misses
  }

  /// Stores what the last `get` did not find; returns how many sets were refused.
  mutating func setMisses() throws(SystemError) -> UInt64 {
    var used = 0
    var total = 0
    for i in 0..<count where gets[i].outcome == .miss {
      let end = writer.write(
        .set, key: gets[i].key, size: gets[i].size, to: output + used, pending: sets + total)
      total += 1
      used = end - output
      if used > outputCapacity - longestRequest {
        try socket.sendAll(output, used)
        used = 0
      }
    }
    try socket.sendAll(output, used)
    try receive(sets, total)
    var refused: UInt64 = 0
    for i in 0..<total where sets[i].outcome != .hit { refused += 1 }
    return refused
  }

  private mutating func receive(
    _ pending: UnsafeMutablePointer<PendingReply>, _ total: Int
  ) throws(SystemError) {
    var head = 0
    var length = 0
    while head < total {
      length += try socket.receive(input + length, inputCapacity - length)
      let used = verifier.consume(input, length, pending, head: &head, total: total)
      if used < 0 { throw SystemError("wrong reply: \(complaint)") }
      length -= used
      if length > 0, used > 0 { memmove(input, input + used, length) }
    }
  }

  private var complaint: String { verifier.complaintText ?? "(none kept)" }
}
