@testable import hearth_bench

/// Requests with the replies that a correct server gives, for tests of the verifier.
struct Conversation {
  let keyspace: Keyspace
  private(set) var pending: [PendingReply] = []
  private(set) var requests: [UInt8] = []
  private(set) var replies: [UInt8] = []

  init(valueSize: Int = 20) { keyspace = Keyspace(keySize: 30, valueSize: .fixed(valueSize)) }

  mutating func ask(_ operation: Operation, key: UInt64, reply: (Conversation) -> [UInt8]) {
    let writer = RequestWriter(keys: keyspace.view)
    var text = [UInt8](repeating: 0, count: 4096)
    var entry = [PendingReply(key: 0, size: 0, operation: .get, more: false, outcome: .none)]
    let length = text.withUnsafeMutableBufferPointer { buffer in
      writer.write(
        operation, key: key, size: keyspace.view.size(of: key), to: buffer.baseAddress!, pending: &entry)
        - buffer.baseAddress!
    }
    requests += text[0..<length]
    pending += entry
    replies += reply(self)
  }

  mutating func askMany(_ keys: [UInt64], hits: Set<UInt64>) {
    for (i, key) in keys.enumerated() {
      pending.append(
        PendingReply(
          key: key, size: keyspace.view.size(of: key), operation: .get, more: i + 1 < keys.count,
          outcome: .none))
      if hits.contains(key) { replies += block(key) }
    }
    replies += Array("END\r\n".utf8)
  }

  func keyText(_ key: UInt64) -> String {
    var bytes = [UInt8](repeating: 0, count: 256)
    let length = bytes.withUnsafeMutableBufferPointer { keyspace.view.writeKey(key, to: $0.baseAddress!) }
    return String(decoding: bytes[0..<length], as: UTF8.self)
  }

  func value(_ key: UInt64) -> [UInt8] {
    Array(UnsafeBufferPointer(start: keyspace.view.value(of: key), count: Int(keyspace.view.size(of: key))))
  }

  func block(_ key: UInt64, unique: String = "") -> [UInt8] {
    Array("VALUE \(keyText(key)) 0 \(value(key).count)\(unique)\r\n".utf8) + value(key) + Array("\r\n".utf8)
  }

  /// Lets the verifier read the replies in pieces, as a connection does; nil after a mismatch.
  func verify(_ replies: [UInt8], pieces: Int) -> (counts: ReplyCounts, answered: Int, complaint: String?)? {
    var verifier = ReplyVerifier(keys: keyspace.view)
    defer { verifier.deallocate() }
    var entries = pending
    var buffer: [UInt8] = []
    var head = 0
    var start = 0
    while start < replies.count {
      let end = min(start + pieces, replies.count)
      buffer += replies[start..<end]
      start = end
      let used = verifier.consume(buffer, buffer.count, &entries, head: &head, total: entries.count)
      if used < 0 { return nil }
      buffer.removeFirst(used)
    }
    return (verifier.counts, head, verifier.complaintText)
  }
}
