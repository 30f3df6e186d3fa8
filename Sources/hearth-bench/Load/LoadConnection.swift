import CHearth
import Glibc

/// One stream connection of the load: its burst of requests going out, the entries that wait for replies, and
/// received bytes that are not a complete reply yet. Owned by one load thread.
struct LoadConnection {
  enum Progress {
    case waiting, burstAnswered, failed
  }

  let descriptor: Int32
  private let output: UnsafeMutablePointer<UInt8>
  private let outputCapacity: Int
  private var outputLength = 0
  private var outputSent = 0
  private let input: UnsafeMutablePointer<UInt8>
  private let inputCapacity: Int
  private var inputLength = 0
  private let pending: UnsafeMutablePointer<PendingReply>
  private var head = 0
  private var total = 0
  /// Requests of the burst in progress.
  private(set) var requests = 0
  private(set) var sentAt: UInt64 = 0
  private(set) var isOpen = true
  /// A burst is on its way.
  var isBusy = false
  var watchesWritable = false

  /// Bursts of large values are cut so that a connection's buffer stays below this.
  private static let largestBurst = 4 << 20

  /// Takes over the descriptor.
  init(_ socket: consuming Socket, source: RequestSource, depth: Int) {
    descriptor = socket.release()
    outputCapacity = max(source.longestRequest, min(source.longestRequest * depth, Self.largestBurst))
    output = .allocate(capacity: outputCapacity)
    inputCapacity = max(32 << 10, source.longestRequest + 1024)
    input = .allocate(capacity: inputCapacity)
    pending = .allocate(capacity: depth * source.entriesPerRequest)
  }

  mutating func closeNow() {
    if isOpen { close(descriptor) }
    isOpen = false
    head = 0
    total = 0
  }

  func deallocate() {
    output.deallocate()
    input.deallocate()
    pending.deallocate()
  }

  var isWaiting: Bool { head < total }
  var hasUnsent: Bool { outputSent < outputLength }

  /// Prepares a burst; false when the source is exhausted.
  @inline(__always)
  mutating func prepareBurst(_ source: inout RequestSource, depth: Int, now: UInt64) -> Bool {
    head = 0
    total = 0
    requests = 0
    outputLength = 0
    outputSent = 0
    while requests < depth, source.remaining > 0, outputCapacity &- outputLength >= source.longestRequest {
      outputLength &+= source.next(to: output + outputLength, pending, entries: &total)
      requests &+= 1
    }
    sentAt = now
    return requests > 0
  }

  /// Sends what the socket takes; false when the connection failed.
  @inline(__always)
  mutating func flush() -> Bool {
    while outputSent < outputLength {
      let n = send(
        descriptor, output + outputSent, outputLength - outputSent,
        SystemCalls.noSignal | SystemCalls.dontWait)
      if n > 0 {
        outputSent += n
      } else {
        let code = hearth_errno()
        if code == EAGAIN { return true }
        if code != EINTR { return false }
      }
    }
    return true
  }

  /// Receives once and checks what is complete.
  @inline(__always)
  mutating func receive(_ verifier: inout ReplyVerifier) -> Progress {
    let n = recv(
      descriptor, input + inputLength, inputCapacity - inputLength, SystemCalls.dontWait)
    if n <= 0 {
      let code = n == 0 ? 0 : hearth_errno()
      if code == EAGAIN || code == EINTR { return .waiting }
      verifier.counts.closed += 1
      return .failed
    }
    inputLength &+= n
    let used = verifier.consume(input, inputLength, pending, head: &head, total: total)
    if used < 0 { return .failed }
    inputLength &-= used
    if inputLength > 0 {
      memmove(input, input + used, inputLength)
      if inputLength == inputCapacity {
        verifier.counts.wrong += 1
        return .failed
      }
    }
    return head == total ? .burstAnswered : .waiting
  }
}
