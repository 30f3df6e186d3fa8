import CFuzzer
import HearthProtocol

/// Meta lines against a slow second reading of the same rules (`MetaReference`).
///
///     HEARTH_FUZZ=1 swift build -c release --product fuzz-meta --scratch-path .build-fuzz \
///       -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xswiftc -use-ld=lld
///     SWIFT_BACKTRACE=enable=no .build-fuzz/release/fuzz-meta -max_total_time=60 -max_len=600
@main
enum MetaFuzzer {
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
  guard let first = bytes.first else { return 0 }
  let verbs: [(UInt8, Verb)] = [
    (0x67, .metaGet), (0x73, .metaSet), (0x64, .metaDelete), (0x61, .metaArithmetic), (0x65, .metaDebug),
  ]
  let (letter, verb) = verbs[Int(first) % verbs.count]
  let rest = bytes.dropFirst().prefix { $0 != 0x0a }
  let line = [0x6d, letter, 0x20] + Array(rest)

  var parser = RequestParser()
  var request = Request()
  (line + [0x0a]).withUnsafeBytes { input in
    let step = parser.next(input, at: 0, inlineLimit: 0, &request)
    var seen = MetaReference(verb: verb)
    if request.verb == .protocolError { seen.error = request.error }
    let expected = MetaReference(verb: verb, line: line)
    precondition(seen.error == expected.error, "\(String(describing: expected.error))")
    precondition(parser.isBetweenCommands != expected.swallows)
    if expected.error != nil {
      precondition(step == .request(input.count))
      return
    }
    if verb == .metaSet, request.dataLength == 0 {
      // An empty block that has not come.
      precondition(step == .needMore(0))
    } else {
      precondition(step == .request(input.count))
      precondition(request.bodyFollows == (verb == .metaSet))
    }
    precondition(request.metaFlags == expected.flags)
    let arguments = MetaArguments(request, in: input)
    precondition(UInt64(bitPattern: Int64(arguments.ttl)) == expected.number(0x54, or: 0))
    precondition(UInt64(bitPattern: Int64(arguments.vivifyTTL)) == expected.number(0x4e, or: 0))
    precondition(UInt64(bitPattern: Int64(arguments.recacheTTL)) == expected.number(0x52, or: 0))
    precondition(arguments.compareCAS == expected.number(0x43, or: 0))
    precondition(arguments.explicitCAS == expected.number(0x45, or: 0))
    precondition(arguments.delta == expected.number(0x44, or: 1))
    precondition(arguments.initial == expected.number(0x4a, or: 0))
    precondition(UInt64(arguments.clientFlags) == expected.number(0x46, or: 0))
    var order = request.replyOrder
    var items = 0
    while order.next() != nil { items += 1 }
    precondition(items == expected.replyItems)
    if request.has(MetaFlag.base64Key) {
      let out = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(request.key.count), alignment: 1)
      defer { out.deallocate() }
      precondition(Base64.decode(request.key.bytes(in: input), out.baseAddress!) > 0)
    }
  }
  return 0
}
