/// Turns an operation and its keys into protocol text, with one pending entry per key.
struct RequestWriter {
  let keys: KeyspaceView

  /// The most bytes that one request for `count` keys can take.
  static func longestRequest(keySize: Int, longestValue: Int, count: Int) -> Int {
    64 + (keySize + 1) * count + longestValue
  }

  /// A request for one key. Returns the end of the text.
  @inline(__always)
  func write(
    _ operation: Operation, key: UInt64, size: UInt32, to target: UnsafeMutablePointer<UInt8>,
    pending: UnsafeMutablePointer<PendingReply>
  ) -> UnsafeMutablePointer<UInt8> {
    pending.initialize(
      to: PendingReply(key: key, size: size, operation: operation, more: false, outcome: .none))
    var text = TextWriter(at: target)
    switch operation {
    case .get:
      text.text("get ")
      text.key(key, keys)
      text.text("\r\n")
    case .mg:
      text.text("mg ")
      text.key(key, keys)
      text.text(" v\r\n")
    case .set, .add, .replace:
      text.text(operation == .set ? "set " : operation == .add ? "add " : "replace ")
      text.key(key, keys)
      text.text(" 0 ")
      text.decimal(keys.ttl(of: key))
      text.text(" ")
      text.decimal(size)
      finish(&text, key, size)
    case .ms:
      text.text("ms ")
      text.key(key, keys)
      text.text(" ")
      text.decimal(size)
      let ttl = keys.ttl(of: key)
      if ttl > 0 {
        text.text(" T")
        text.decimal(ttl)
      }
      finish(&text, key, size)
    default: writeOther(operation, key, &text)
    }
    return text.end
  }

  /// The data block.
  @inline(__always)
  private func finish(_ text: inout TextWriter, _ key: UInt64, _ size: UInt32) {
    text.text("\r\n")
    text.bytes(keys.value(of: key), Int(size))
    text.text("\r\n")
  }

  private func writeOther(_ operation: Operation, _ key: UInt64, _ text: inout TextWriter) {
    switch operation {
    case .gets: text.text("gets ")
    case .gat:
      text.text("gat ")
      text.decimal(keys.ttl(of: key))
      text.text(" ")
    case .touch: text.text("touch ")
    case .incr: text.text("incr ")
    case .decr: text.text("decr ")
    case .delete: text.text("delete ")
    case .md: text.text("md ")
    case .ma: text.text("ma ")
    default:
      text.text("mn\r\n")
      return
    }
    text.key(key, keys)
    if operation == .touch {
      text.text(" ")
      text.decimal(keys.ttl(of: key))
    } else if operation == .incr || operation == .decr {
      text.text(" 1")
    }
    text.text("\r\n")
  }

  /// Starts a multi-key read; keys follow with `appendKey`, then `endMultiget`.
  @inline(__always)
  func beginMultiget(
    _ operation: Operation, ttlOf key: UInt64, to target: UnsafeMutablePointer<UInt8>
  ) -> UnsafeMutablePointer<UInt8> {
    var text = TextWriter(at: target)
    switch operation {
    case .gets: text.text("gets")
    case .gat:
      text.text("gat ")
      text.decimal(keys.ttl(of: key))
    default: text.text("get")
    }
    return text.end
  }

  @inline(__always)
  func appendKey(
    _ operation: Operation, key: UInt64, size: UInt32, last: Bool,
    to target: UnsafeMutablePointer<UInt8>, pending: UnsafeMutablePointer<PendingReply>
  ) -> UnsafeMutablePointer<UInt8> {
    pending.initialize(
      to: PendingReply(key: key, size: size, operation: operation, more: !last, outcome: .none))
    var text = TextWriter(at: target)
    text.text(" ")
    text.key(key, keys)
    if last { text.text("\r\n") }
    return text.end
  }
}
