import CLibevent

extension AdminRequest {
  /// What libevent has read: a request with its whole body.
  init(_ request: OpaquePointer) {
    switch evhttp_request_get_command(request) {
    case EVHTTP_REQ_GET: method = .get
    case EVHTTP_REQ_POST: method = .post
    default: method = .other
    }
    let uri = evhttp_request_get_evhttp_uri(request)
    path = Self.text(evhttp_uri_get_path(uri)) ?? ""
    query = Self.text(evhttp_uri_get_query(uri)) ?? ""
    let headers = evhttp_request_get_input_headers(request)
    // In `GET http://name/path` the name counts, whatever Host says (RFC 9112, section 3.2.2).
    host = Self.text(evhttp_uri_get_host(uri)) ?? Self.text(evhttp_find_header(headers, "Host"))
    contentType = Self.text(evhttp_find_header(headers, "Content-Type"))
    let input = evhttp_request_get_input_buffer(request)
    body = [UInt8](repeating: 0, count: evbuffer_get_length(input))
    let count = evbuffer_copyout(input, &body, body.count)
    body.removeLast(body.count - max(0, count))
  }

  private static func text(_ text: UnsafePointer<CChar>?) -> String? { text.map { String(cString: $0) } }
}
