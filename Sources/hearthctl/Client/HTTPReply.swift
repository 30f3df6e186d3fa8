/// An HTTP/1.1 reply as it comes in: as much of RFC 9112 as hearthd's answers need, with a Content-Length or up to the
/// end of the connection.
struct HTTPReply {
  private var bytes: [UInt8] = []
  /// Where the body begins, once the head is there.
  private var bodyStart: Int?
  private var bodyLength: Int?
  private(set) var status: Int?

  /// Bytes; a reply to the largest request has about two.
  private static let limit = 16 << 20

  /// Takes what has come; false when it is no HTTP reply, or too much.
  mutating func add(_ more: [UInt8]) -> Bool {
    let searched = max(0, bytes.count - 3)
    bytes += more
    guard bytes.count <= Self.limit else { return false }
    if bodyStart != nil { return true }
    let end = Array("\r\n\r\n".utf8)
    guard
      let place = (searched..<max(searched, bytes.count - 3)).first(where: { bytes[$0...].starts(with: end) })
    else { return bytes.count < 64 << 10 }
    bodyStart = place + 4
    return readHead(String(decoding: bytes[..<place], as: UTF8.self))
  }

  private mutating func readHead(_ head: String) -> Bool {
    let lines = head.split(separator: "\r\n")
    let first = (lines.first ?? "").split(separator: " ", maxSplits: 2)
    guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let number = Int(first[1]), 100...599 ~= number
    else {
      return false
    }
    status = number
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      guard let length = Int(parts[1].filter { $0 != " " }), 0...Self.limit ~= length else { return false }
      bodyLength = length
    }
    return true
  }

  /// Nothing more belongs to it.
  var isComplete: Bool {
    guard let bodyStart, let bodyLength else { return false }
    return bytes.count - bodyStart >= bodyLength
  }

  /// What is there when the connection ends is all of it.
  var isWhole: Bool { bodyStart != nil && (bodyLength == nil || isComplete) }

  var body: [UInt8] {
    guard let bodyStart else { return [] }
    return Array(bytes[bodyStart...].prefix(bodyLength ?? .max))
  }
}
