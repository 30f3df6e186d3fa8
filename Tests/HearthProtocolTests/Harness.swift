import HearthProtocol
import Testing

/// Feeds bytes to a parser as a connection would and writes down in words what comes out.
struct Harness {
  var inlineLimit = 64
  private var parser = RequestParser()
  private var pending: [UInt8] = []
  /// Bytes of a body that the parser left to the session.
  private var body = 0
  private(set) var log: [String] = []
  private(set) var isClosed = false

  init(inlineLimit: Int = 64) { self.inlineLimit = inlineLimit }

  /// What all of the input parses to, given in one piece.
  static func parse(_ text: String, inlineLimit: Int = 64) -> [String] {
    parse([Array(text.utf8)], inlineLimit: inlineLimit)
  }

  static func parse(_ pieces: [[UInt8]], inlineLimit: Int = 64) -> [String] {
    var harness = Harness(inlineLimit: inlineLimit)
    for piece in pieces { harness.feed(piece) }
    return harness.finish()
  }

  /// The log; a last line tells when the parser is not between commands.
  mutating func finish() -> [String] {
    if !isClosed, !pending.isEmpty || body > 0 || !parser.isBetweenCommands { log.append("incomplete") }
    return log
  }

  mutating func feed(_ piece: [UInt8]) {
    if isClosed { return }
    pending += piece
    // A copy of exactly this size, so that the address sanitizer sees a read beyond the end.
    let size = pending.count
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: pending)
    let input = UnsafeRawBufferPointer(memory)
    var offset = 0
    loop: while true {
      if body > 0 {
        let taken = min(body, size - offset)
        body -= taken
        offset += taken
        if body > 0 { break }
      }
      var request = Request()
      switch parser.next(input, at: offset, inlineLimit: inlineLimit, &request) {
      case .request(let consumed):
        precondition(consumed > 0 && offset + consumed <= size, "consumed \(consumed)")
        offset += consumed
        log.append(describe(request, input))
        if request.bodyFollows { body = Int(request.dataLength) + 2 }
      case .needMore(let consumed):
        precondition(consumed >= 0 && offset + consumed <= size, "consumed \(consumed)")
        offset += consumed
        break loop
      case .close:
        log.append("close")
        isClosed = true
        break loop
      }
    }
    pending.removeFirst(offset)
  }

  /// Bytes that wait for more; bounded whatever comes in.
  var pendingCount: Int { pending.count }

  private func describe(_ request: Request, _ input: UnsafeRawBufferPointer) -> String {
    var words = ["\(request.verb)"]
    if request.verb == .protocolError { words.append("\(request.error)") }
    let key = String(decoding: request.key.bytes(in: input), as: UTF8.self)
    if request.key.count > 0 { words.append(key.count > 40 ? "\(key.prefix(5))*\(key.count)" : key) }
    if request.tokens.count > 0 {
      words.append("[\(String(decoding: request.tokens.bytes(in: input), as: UTF8.self))]")
    }
    if request.clientFlags != 0 { words.append("flags=\(request.clientFlags)") }
    if request.exptime != 0 { words.append("exp=\(request.exptime)") }
    if request.number != 0 { words.append("n=\(request.number)") }
    let storage: [Verb] = [.set, .add, .replace, .append, .prepend, .cas, .metaSet]
    if storage.contains(request.verb) {
      if request.bodyFollows {
        words.append("body=\(request.dataLength)")
      } else {
        let range = ByteRange(start: Int(request.data), count: Int(request.dataLength))
        words.append("data=\(String(decoding: range.bytes(in: input), as: UTF8.self).debugDescription)")
      }
    }
    if request.isLastKey { words.append("last") }
    if request.noReply { words.append("noreply") }
    return words.joined(separator: " ")
  }
}

/// A line with what it must parse to.
struct Case: Sendable, CustomTestStringConvertible {
  let input: String
  let expected: [String]

  init(_ input: String, _ expected: String...) {
    self.input = input
    self.expected = expected
  }

  var testDescription: String { input.count > 60 ? "\(input.prefix(60))…" : input.debugDescription }
}

let longKey = String(repeating: "k", count: 250)
let tooLongKey = longKey + "k"
