import CFuzzer
import HearthProtocol

/// Any datagram: dropped or parsed, and a reply of any length comes together again from its datagrams.
///
///     HEARTH_FUZZ=1 swift build -c release --product fuzz-udp --scratch-path .build-fuzz \
///       -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xswiftc -use-ld=lld
///     SWIFT_BACKTRACE=enable=no .build-fuzz/release/fuzz-udp -max_total_time=60
@main
enum UDPFuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { arguments in
      _ = LLVMFuzzerRunDriver(&count, arguments, check)
    }
  }
}

@Sendable private func check(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let datagram = UnsafeRawBufferPointer(start: data, count: size)
  guard let id = UDPFrame.requestID(datagram) else {
    precondition(size <= 8 || datagram[4] != 0 || datagram[5] != 1)
    return 0
  }
  precondition(size > 8)
  precondition(id == UInt16(datagram[0]) << 8 | UInt16(datagram[1]))

  var parser = RequestParser()
  var request = Request()
  var offset = UDPFrame.headerSize
  loop: while true {
    switch parser.next(datagram, at: offset, inlineLimit: .max, &request) {
    case .request(let consumed):
      precondition(consumed > 0 && offset + consumed <= size)
      precondition(!request.bodyFollows)
      offset += consumed
    case .needMore(let consumed):
      precondition(offset + consumed <= size)
      break loop
    case .close: break loop
    }
  }

  // What is left of the datagram plays the length of a reply.
  let reply = (Int(datagram[8]) << 8 | Int(datagram[size - 1])) * 7
  let datagrams = UDPFrame.datagrams(reply)
  var next = 0
  for sequence in 0..<datagrams {
    let part = UDPFrame.payload(sequence, of: reply)
    precondition(part.lowerBound == next && !part.isEmpty && part.count <= UDPFrame.payloadSize)
    next = part.upperBound
    let frame = UnsafeMutableRawBufferPointer.allocate(byteCount: UDPFrame.headerSize, alignment: 1)
    defer { frame.deallocate() }
    UDPFrame.writeHeader(id: id, sequence: sequence, datagrams: datagrams, frame.baseAddress!)
    precondition(frame[0] == datagram[0] && frame[1] == datagram[1])
    precondition(Int(frame[2]) << 8 | Int(frame[3]) == sequence)
    precondition(Int(frame[4]) << 8 | Int(frame[5]) == datagrams)
  }
  precondition(next == reply)
  return 0
}
