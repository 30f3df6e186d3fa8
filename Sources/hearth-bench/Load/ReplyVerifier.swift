import CHearth
import Glibc

/// Compares a stream of replies, byte by byte, with what the pending requests must get. The stream may be
/// split anywhere: a reply that is not complete is looked at again when more bytes have come.
///
/// Owned by one load thread. Cost: about 250 instructions a reply of 100 bytes.
struct ReplyVerifier {
  let keys: KeyspaceView
  var counts = ReplyCounts()
  /// The beginning of the first reply that was wrong or refused, for the report.
  private let complaint: UnsafeMutablePointer<UInt8>
  private(set) var complaintLength = 0
  /// Room for the line that is expected.
  private let scratch: UnsafeMutablePointer<UInt8>

  static let longestComplaint = 160
  /// No error line of any server is longer.
  private static let longestLine = 2048
  static let mismatch = -1

  init(keys: KeyspaceView) {
    self.keys = keys
    scratch = .allocate(capacity: 512)
    complaint = .allocate(capacity: Self.longestComplaint)
  }

  func deallocate() {
    scratch.deallocate()
    complaint.deallocate()
  }

  /// Checks as many complete replies as there are; `head` moves past their entries. Returns the number of
  /// bytes used, or `mismatch`, after which the stream cannot be trusted any more.
  @inline(__always)
  mutating func consume(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ pending: UnsafeMutablePointer<PendingReply>,
    head: inout Int, total: Int
  ) -> Int {
    var used = 0
    while used < count {
      guard head < total else { return reject(bytes + used, count - used) }
      let operation = pending[head].operation
      let step: Int
      switch operation {
      case .get, .gets, .gat: step = classicValue(bytes + used, count - used, pending, &head, operation)
      case .mg: step = metaValue(bytes + used, count - used, pending + head, &head)
      default: step = line(bytes + used, count - used, pending + head, &head, operation)
      }
      if step == 0 { return used }
      if step < 0 { return reject(bytes + used, count - used) }
      used += step
    }
    return used
  }

  // Each of these returns the bytes used, 0 for "not complete yet", or `mismatch`.

  /// One `VALUE` block, with the `END` that follows the last key's, or an `END` for the keys that are left.
  @inline(__always)
  private mutating func classicValue(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ pending: UnsafeMutablePointer<PendingReply>,
    _ head: inout Int, _ operation: Operation
  ) -> Int {
    if bytes[0] != UInt8(ascii: "V") { return endOrError(bytes, count, pending, &head) }
    while true {
      let entry = pending[head]
      var expected = TextWriter(at: scratch)
      expected.text("VALUE ")
      expected.key(entry.key, keys)
      let keyEnd = expected.end - scratch
      expected.text(" 0 ")
      expected.decimal(entry.size)
      if operation != .gets { expected.text("\r\n") }
      var header = expected.end - scratch
      if count < header { return 0 }
      if hearth_equal(bytes, scratch, header) == 0 {
        // Another key's block: this one was a miss, if the request goes on.
        if !entry.more || hearth_equal(bytes, scratch, keyEnd) != 0 { return Self.mismatch }
        finish(pending, &head, .miss)
        continue
      }
      if operation == .gets {
        guard let end = Self.uniqueEnd(bytes, header, count) else { return Self.mismatch }
        if end == 0 { return 0 }
        header = end
      }
      let size = Int(entry.size)
      let length = header + size + (entry.more ? 2 : 7)
      if count < length { return 0 }
      if hearth_equal(bytes + header, keys.value(of: entry.key), size) == 0 { return Self.mismatch }
      if !Self.matches(bytes + header + size, entry.more ? "\r\n" : "\r\nEND\r\n") { return Self.mismatch }
      finish(pending, &head, .hit)
      return length
    }
  }

  /// The end of ` <digits>\r\n` from `start`: 0 when it is not complete, nil when it is something else.
  private static func uniqueEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
    var i = start
    while i < count, i < start + 24 {
      let byte = bytes[i]
      if byte == UInt8(ascii: "\n") { return i >= start + 3 && bytes[i - 1] == 0x0D ? i + 1 : nil }
      let digit = byte >= 0x30 && byte <= 0x39
      if !(i == start ? byte == 0x20 : digit || byte == 0x0D) { return nil }
      i += 1
    }
    return i < start + 24 ? 0 : nil
  }

  private mutating func endOrError(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ pending: UnsafeMutablePointer<PendingReply>,
    _ head: inout Int
  ) -> Int {
    if count < 5 { return 0 }
    if !Self.matches(bytes, "END\r\n") { return errorLine(bytes, count, pending, &head) }
    while pending[head].more { finish(pending, &head, .miss) }
    finish(pending, &head, .miss)
    return 5
  }

  @inline(__always)
  private mutating func metaValue(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ entry: UnsafeMutablePointer<PendingReply>,
    _ head: inout Int
  ) -> Int {
    if bytes[0] != UInt8(ascii: "V") {
      if count < 4 { return 0 }
      if !Self.matches(bytes, "EN\r\n") { return errorLine(bytes, count, entry - head, &head) }
      finish(entry - head, &head, .miss)
      return 4
    }
    var expected = TextWriter(at: scratch)
    expected.text("VA ")
    expected.decimal(entry.pointee.size)
    expected.text("\r\n")
    let header = expected.end - scratch
    let size = Int(entry.pointee.size)
    if count < header { return 0 }
    if hearth_equal(bytes, scratch, header) == 0 { return Self.mismatch }
    if count < header + size + 2 { return 0 }
    if hearth_equal(bytes + header, keys.value(of: entry.pointee.key), size) == 0 { return Self.mismatch }
    if !Self.matches(bytes + header + size, "\r\n") { return Self.mismatch }
    finish(entry - head, &head, .hit)
    return header + size + 2
  }

  /// One line: what stands for success and for "not there" depends on the operation.
  @inline(__always)
  private mutating func line(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ entry: UnsafeMutablePointer<PendingReply>,
    _ head: inout Int, _ operation: Operation
  ) -> Int {
    if operation == .set, count >= 8, Self.matches(bytes, "STORED\r\n") {
      finish(entry - head, &head, .hit)
      return 8
    }
    guard let end = memchr(bytes, 0x0A, min(count, Self.longestLine)) else {
      return count < Self.longestLine ? 0 : Self.mismatch
    }
    let length = UnsafeRawPointer(end) - UnsafeRawPointer(bytes) + 1
    let success: Bool
    let absence: Bool
    switch operation {
    case .set, .add, .replace:
      success = length == 8 && Self.matches(bytes, "STORED\r\n")
      absence = operation != .set && length == 12 && Self.matches(bytes, "NOT_STORED\r\n")
    case .ms, .md, .ma:
      success = length == 4 && Self.matches(bytes, "HD\r\n")
      absence = length == 4 && (Self.matches(bytes, "NF\r\n") || Self.matches(bytes, "NS\r\n"))
    case .touch:
      success = length == 9 && Self.matches(bytes, "TOUCHED\r\n")
      absence = length == 11 && Self.matches(bytes, "NOT_FOUND\r\n")
    case .delete:
      success = length == 9 && Self.matches(bytes, "DELETED\r\n")
      absence = length == 11 && Self.matches(bytes, "NOT_FOUND\r\n")
    case .incr, .decr:
      success = Self.isNumber(bytes, length)
      absence = length == 11 && Self.matches(bytes, "NOT_FOUND\r\n")
    default:
      success = length == 4 && Self.matches(bytes, "MN\r\n")
      absence = false
    }
    if !success && !absence { return errorLine(bytes, count, entry - head, &head) }
    finish(entry - head, &head, success ? .hit : .miss)
    return length
  }

  private mutating func errorLine(
    _ bytes: UnsafePointer<UInt8>, _ count: Int, _ pending: UnsafeMutablePointer<PendingReply>,
    _ head: inout Int
  ) -> Int {
    guard let end = memchr(bytes, 0x0A, min(count, Self.longestLine)) else {
      return count < Self.longestLine ? 0 : Self.mismatch
    }
    let length = UnsafeRawPointer(end) - UnsafeRawPointer(bytes) + 1
    let known =
      length >= 7
      && (Self.matches(bytes, "ERROR\r\n")
        || length > 13 && (Self.matches(bytes, "SERVER_ERROR") || Self.matches(bytes, "CLIENT_ERROR")))
    if !known { return Self.mismatch }
    keepComplaint(bytes, length)
    while pending[head].more { finish(pending, &head, .refused) }
    finish(pending, &head, .refused)
    return length
  }

  @inline(__always)
  private mutating func finish(
    _ pending: UnsafeMutablePointer<PendingReply>, _ head: inout Int, _ outcome: PendingReply.Outcome
  ) {
    pending[head].outcome = outcome
    head &+= 1
    counts.operations &+= 1
    switch outcome {
    case .hit: counts.hits &+= 1
    case .miss: counts.misses &+= 1
    default: counts.refused &+= 1
    }
  }

  private mutating func reject(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
    counts.wrong += 1
    keepComplaint(bytes, count)
    return Self.mismatch
  }

  /// The complaint with everything that is not printable replaced.
  var complaintText: String? {
    guard complaintLength > 0 else { return nil }
    return UnsafeBufferPointer(start: complaint, count: complaintLength)
      .map {
        (0x20...0x7E).contains($0) ? String(UnicodeScalar($0)) : $0 == 10 ? "\\n" : $0 == 13 ? "\\r" : "."
      }
      .joined()
  }

  private mutating func keepComplaint(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    guard complaintLength == 0 else { return }
    complaintLength = min(count, Self.longestComplaint)
    hearth_copy(complaint, bytes, complaintLength)
  }

  @inline(__always)
  private static func matches(_ bytes: UnsafePointer<UInt8>, _ text: StaticString) -> Bool {
    hearth_equal(bytes, text.utf8Start, text.utf8CodeUnitCount) != 0
  }

  private static func isNumber(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard length >= 3, length <= 24 else { return false }
    for i in 0..<(length - 2) where bytes[i] < 0x30 || bytes[i] > 0x39 {
      if bytes[i] != 0x20 || i == 0 { return false }
    }
    return bytes[length - 2] == 0x0D
  }
}
