import CLibevent

extension AdminResponse {
  /// Sends the answer and lets libevent close the connection behind it.
  func send(to request: OpaquePointer) {
    let headers = evhttp_request_get_output_headers(request)
    evhttp_add_header(headers, "Content-Type", "application/json")
    evhttp_add_header(headers, "Cache-Control", "no-store")
    evhttp_add_header(headers, "Connection", "close")
    if let allow { evhttp_add_header(headers, "Allow", allow) }
    let body = evbuffer_new()
    defer { if let body { evbuffer_free(body) } }
    let text = Array((json.description + "\n").utf8)
    if let body { evbuffer_add(body, text, text.count) }
    evhttp_send_reply(request, status, reason, body)
  }
}
