import CLibevent
import HearthConfig
import HearthJSON

/// One HTTP connection to a member of etcd, with one request at a time. What comes is told from the loop, when nothing of libevent's
/// HTTP client is on the stack, so whoever is told may let go of the connection. The loop's thread only.
final class EtcdConnection {
  /// What came of a request.
  enum Event {
    /// The answer to a request.
    case answer(status: Int32, JSONValue)
    /// A part of an answer without end.
    case part(JSONValue)
    /// There is no answer, or no further part; the reason completes `etcd HOST:PORT ...`. The connection is of no use any more.
    case failed(String)
  }

  /// Bytes of an answer, or of a part of one.
  private static let answerLimit = 4 << 20
  /// Seconds that an answer without end may be silent: others look whether etcd is there.
  private static let silence: Int32 = 365 * 86_400

  private let told: (Event) -> Void
  private var connection: OpaquePointer?
  private let endpoint: ClusterConfiguration.Address
  /// Milliseconds.
  private let timeout: Int
  private var events: [Event] = []
  /// The beginning of a part.
  private var beginning: [UInt8] = []
  private var isStream = false
  private var teller: LoopTimer?
  private var watchdog: LoopTimer?

  init(
    _ endpoint: ClusterConfiguration.Address, base: OpaquePointer, timeout: Int,
    _ told: @escaping (Event) -> Void
  ) {
    self.endpoint = endpoint
    self.timeout = timeout
    self.told = told
    connection = evhttp_connection_base_new(base, nil, endpoint.host, endpoint.port)
    if let connection {
      evhttp_connection_set_timeout(connection, Self.silence)
      evhttp_connection_set_max_headers_size(connection, 16 << 10)
    }
    teller = LoopTimer(base) { [unowned self] in tell() }
    watchdog = LoopTimer(base) { [unowned self] in giveUp() }
  }

  deinit { close() }

  /// Sends a request. `isStream`: the answer has no end, only its beginning is waited for.
  func post(_ path: String, _ body: JSONValue, token: String?, isStream: Bool = false) {
    self.isStream = isStream
    beginning = []
    let context = Unmanaged.passUnretained(self).toOpaque()
    guard let connection, let request = evhttp_request_new(etcdAnswered, context) else {
      return add(.failed("cannot be asked: libevent is out of memory"))
    }
    if isStream { evhttp_request_set_chunked_cb(request, etcdPartArrived) }
    let headers = evhttp_request_get_output_headers(request)
    evhttp_add_header(headers, "Host", endpoint.description)
    evhttp_add_header(headers, "Content-Type", "application/json")
    if let token { evhttp_add_header(headers, "Authorization", token) }
    let text = Array(body.description.utf8)
    evbuffer_add(evhttp_request_get_output_buffer(request), text, text.count)
    watchdog?.set(milliseconds: timeout)
    // It owns the request from here on. A failure may be told before it returns.
    if evhttp_make_request(connection, request, EVHTTP_REQ_POST, path) != 0 {
      add(.failed("cannot be reached"))
    }
  }

  /// Tells nothing any more.
  func close() {
    events = []
    // Takes the request along.
    if let connection { evhttp_connection_free(connection) }
    connection = nil
  }

  private func add(_ event: Event) {
    watchdog?.cancel()
    events.append(event)
    teller?.fire()
  }

  private func giveUp() {
    close()
    add(.failed("does not answer"))
  }

  private func tell() {
    // Who is told may ask the next thing, or close and let go of this object.
    withExtendedLifetime(self) {
      while !events.isEmpty { told(events.removeFirst()) }
    }
  }

  fileprivate func answered(_ request: OpaquePointer?) {
    guard let request else { return add(.failed("has closed the connection")) }
    let status = evhttp_request_get_response_code(request)
    if status == 0 { return add(.failed("cannot be reached")) }
    if isStream && status == 200 { return add(.failed("has ended the watch")) }
    // The text of a refusal has come as a part of what was asked for.
    guard let bytes = Self.input(of: request), let json = try? JSONParser.parse(beginning + bytes) else {
      return add(.failed("answers with status \(status) and what is not etcd's: is it one?"))
    }
    add(.answer(status: status, json))
  }

  /// Parts are lines.
  fileprivate func received(_ request: OpaquePointer) {
    guard let bytes = Self.input(of: request), beginning.count + bytes.count <= Self.answerLimit else {
      beginning = []
      return add(.failed("sends too much"))
    }
    beginning += bytes
    while let end = beginning.firstIndex(of: 10) {
      let line = Array(beginning[..<end])
      beginning.removeFirst(end + 1)
      if line.isEmpty { continue }
      guard let json = try? JSONParser.parse(line) else { return add(.failed("sends what is not JSON")) }
      add(.part(json))
    }
  }

  /// Nil: it is too long.
  private static func input(of request: OpaquePointer) -> [UInt8]? {
    let input = evhttp_request_get_input_buffer(request)
    let length = evbuffer_get_length(input)
    guard length <= answerLimit else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    let count = evbuffer_copyout(input, &bytes, length)
    bytes.removeLast(length - max(0, count))
    return bytes
  }
}

private func connection(_ context: UnsafeMutableRawPointer?) -> EtcdConnection {
  Unmanaged<EtcdConnection>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
}

func etcdAnswered(_ request: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
  connection(context).answered(request)
}

func etcdPartArrived(_ request: OpaquePointer?, _ context: UnsafeMutableRawPointer?) {
  if let request { connection(context).received(request) }
}
