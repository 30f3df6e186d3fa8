import CFuzzer
import HearthCluster
import HearthJSON

/// Any bytes from another node, from a state file or from etcd: refused or read, and what was read means the same when it is written and
/// read again. The first byte says what they are taken for.
///
///     HEARTH_FUZZ=1 swift build -c release --product fuzz-peers --scratch-path .build-fuzz \
///       -Xswiftc -sanitize=fuzzer,address -Xswiftc -parse-as-library -Xswiftc -use-ld=lld
///     SWIFT_BACKTRACE=enable=no .build-fuzz/release/fuzz-peers -max_total_time=60
@main
enum PeerFuzzer {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { arguments in
      _ = LLVMFuzzerRunDriver(&count, arguments, check)
    }
  }
}

@Sendable private func check(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = UnsafeRawBufferPointer(start: data, count: size)
  guard let kind = input.first else { return 0 }
  let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
  switch kind % 9 {
  case 0: checkFrame(bytes)
  case 1: checkEntries(bytes)
  case 2: checkBumps(bytes)
  case 3: checkHandshake(bytes)
  case 4: checkMessage(bytes)
  case 5: checkView(bytes)
  case 6: checkDurable(bytes)
  case 7: checkFeed(bytes)
  default: checkJSON(bytes)
  }
  return 0
}

private func checkFrame(_ bytes: UnsafeRawBufferPointer) {
  guard bytes.count >= PeerFrame.headerSize, let start = bytes.baseAddress, let frame = PeerFrame(start)
  else {
    return
  }
  precondition(frame.kind == .reply || Int(frame.length) <= PeerFrame.payloadLimit)
  var written = [UInt8](repeating: 0, count: PeerFrame.headerSize)
  written.withUnsafeMutableBytes { frame.write(to: $0.baseAddress.unsafelyUnwrapped) }
  written.withUnsafeBytes { precondition(PeerFrame($0.baseAddress.unsafelyUnwrapped) == frame) }
}

private func checkEntries(_ bytes: UnsafeRawBufferPointer) {
  var rest = bytes
  while let entry = ReplicaEntry(rest) {
    precondition(entry.size >= ReplicaEntry.headerSize && entry.size <= rest.count)
    var written = [UInt8](rest.prefix(entry.size))
    written.withUnsafeMutableBytes { entry.write(to: $0.baseAddress.unsafelyUnwrapped) }
    written.withUnsafeBytes { precondition(ReplicaEntry($0) == entry) }
    rest = UnsafeRawBufferPointer(rebasing: rest[entry.size...])
  }
}

private func checkBumps(_ bytes: UnsafeRawBufferPointer) {
  if let bumps = NumberedBump.decode(bytes) {
    var written: [UInt8] = []
    for bump in bumps { bump.encode(into: &written) }
    written.withUnsafeBytes { precondition(NumberedBump.decode($0) == bumps) }
  }
  if let answer = BumpAnswer(bytes) {
    answer.bytes.withUnsafeBytes { precondition(BumpAnswer($0) == answer) }
  }
}

private func checkHandshake(_ bytes: UnsafeRawBufferPointer) {
  let own = PeerHandshake(name: "a", map: 1, secret: Array(repeating: 7, count: 16), number: Array(0..<16))
  if let greeting = try? own.greeting(bytes) {
    _ = try? own.challenge(greeting)
    // Nobody knows the secret by chance.
    precondition((try? own.check(bytes, greeting)) == nil)
  }
  precondition((try? own.answer(bytes, from: "b")) == nil)
}

private func checkMessage(_ bytes: UnsafeRawBufferPointer) {
  guard let message = ControlMessage(decoding: bytes) else { return }
  var written: [UInt8] = []
  message.encode(into: &written)
  written.withUnsafeBytes { precondition(ControlMessage(decoding: $0) != nil) }
  var again: [UInt8] = []
  written.withUnsafeBytes { ControlMessage(decoding: $0)?.encode(into: &again) }
  precondition(again == written)
}

private func checkView(_ bytes: UnsafeRawBufferPointer) {
  guard let view = View(decoding: bytes) else { return }
  var written: [UInt8] = []
  view.encode(into: &written)
  written.withUnsafeBytes { precondition(View(decoding: $0) == view) }
  // Whoever it names can be asked about.
  for node in view.map.nodes.indices.prefix(8) {
    _ = view.relatives(of: node)
    _ = view.primaries(over: node)
    _ = view.followers(of: node)
    _ = view.canSpare(node, among: view.ready)
  }
}

private func checkDurable(_ bytes: UnsafeRawBufferPointer) {
  guard let state = DurableState(decoding: bytes) else { return }
  var written: [UInt8] = []
  state.encode(into: &written)
  written.withUnsafeBytes { precondition(DurableState(decoding: $0) == state) }
}

private func checkFeed(_ bytes: UnsafeRawBufferPointer) {
  var rest = bytes
  while let mutation = FeedMutation(rest), mutation.size <= rest.count {
    precondition(mutation.size > 0 && mutation.headSize <= mutation.size)
    rest = UnsafeRawBufferPointer(rebasing: rest[mutation.size...])
  }
  if let request = FeedWalkRequest(bytes) {
    request.bytes.withUnsafeBytes { precondition(FeedWalkRequest($0)?.bytes == request.bytes) }
  }
  if let answer = FeedWalkAnswer(bytes) { answer.forEach { precondition($0.count <= 255) } }
}

private func checkJSON(_ bytes: UnsafeRawBufferPointer) {
  guard let value = try? JSONParser.parse(Array(bytes)) else { return }
  let text = value.description
  precondition((try? JSONParser.parse(Array(text.utf8)))?.description == text)
}
