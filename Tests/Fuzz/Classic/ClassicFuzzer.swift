import CFuzzer
import HearthProtocol

/// Any bytes, whole and in pieces: the requests are the same, ranges stay inside the buffer, nothing loops.
///
///     HEARTH_FUZZ=1 swift build -c release --product fuzz-classic --scratch-path .build-fuzz \
///       -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xswiftc -use-ld=lld
///     SWIFT_BACKTRACE=enable=no .build-fuzz/release/fuzz-classic -max_total_time=60
@main
enum ClassicFuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { arguments in
      _ = LLVMFuzzerRunDriver(&count, arguments, check)
    }
  }
}

@Sendable private func check(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: size)
  // The first bytes say where to cut.
  guard size >= 4 else { return 0 }
  let cuts = [Int(bytes[0]), Int(bytes[0]) + Int(bytes[1]), Int(bytes[2]) << 8 | Int(bytes[3])]
  let stream = UnsafeRawBufferPointer(rebasing: bytes[4...])
  let whole = parse(stream, cuts: [])
  // Longer lines are refused or not as their end happens to be here already, as in memcached.
  if stream.count <= ProtocolLimit.line {
    precondition(whole == parse(stream, cuts: cuts.map { min($0, stream.count) }.sorted()))
    if stream.count <= 64 { precondition(whole == parse(stream, cuts: Array(1..<max(2, stream.count)))) }
  } else {
    _ = parse(stream, cuts: cuts.map { min($0, stream.count) }.sorted())
  }
  return 0
}

/// Parses the stream as it comes in through the given cuts; a digest of each request, in order.
private func parse(_ stream: UnsafeRawBufferPointer, cuts: [Int]) -> [Int] {
  var digests: [Int] = []
  var parser = RequestParser()
  var start = 0
  var body = 0
  for end in cuts + [stream.count] where end <= stream.count && end >= start {
    // A copy of its own for the sanitizer to guard.
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: end - start, alignment: 1)
    defer { piece.deallocate() }
    piece.copyMemory(from: UnsafeRawBufferPointer(rebasing: stream[start..<end]))
    let input = UnsafeRawBufferPointer(piece)
    var offset = 0
    loop: while true {
      let taken = min(body, input.count - offset)
      body -= taken
      offset += taken
      if body > 0 { break }
      var request = Request()
      switch parser.next(input, at: offset, inlineLimit: 32, &request) {
      case .request(let consumed):
        precondition(consumed > 0 && offset + consumed <= input.count)
        digests.append(digest(request, input, within: offset..<offset + consumed))
        offset += consumed
        if request.bodyFollows { body = Int(request.dataLength) + 2 }
      case .needMore(let consumed):
        precondition(consumed >= 0 && offset + consumed <= input.count)
        offset += consumed
        break loop
      case .close:
        return digests + [-1]
      }
    }
    start += offset
  }
  return digests
}

private func digest(
  _ request: Request, _ input: UnsafeRawBufferPointer, within consumed: Range<Int>
) -> Int {
  var hasher = Hasher()
  hasher.combine(request.verb)
  hasher.combine(request.noReply)
  hasher.combine(request.isLastKey)
  hasher.combine(request.bodyFollows)
  if request.verb == .protocolError {
    hasher.combine(request.error)
    return hasher.finalize()
  }
  hasher.combine(request.dataLength)
  hasher.combine(request.clientFlags)
  hasher.combine(request.exptime)
  hasher.combine(request.number)
  hasher.combine(request.metaFlags)
  precondition(request.key.count <= ProtocolLimit.key)
  var data = ByteRange()
  if !request.bodyFollows, request.data > 0 {
    data = ByteRange(start: Int(request.data), count: Int(request.dataLength))
  }
  for range in [request.key, request.tokens, request.opaque, data] where range.count > 0 {
    precondition(consumed.contains(Int(range.start)))
    precondition(Int(range.start) + Int(range.count) <= consumed.upperBound)
    for byte in range.bytes(in: input) { hasher.combine(byte) }
  }
  return hasher.finalize()
}
