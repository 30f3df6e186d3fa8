import HearthAdmin
import HearthJSON

/// One request to the admin interface, and its answer.
struct AdminClient {
  let address: AdminAddress

  /// What `GET PATH` answers.
  func get(_ path: String) throws(Failure) -> JSONValue { try exchange("GET", path, "") }

  /// What `POST PATH` with this body answers.
  func post(_ path: String, _ body: JSONValue) throws(Failure) -> JSONValue {
    try exchange("POST", path, body.description)
  }

  /// The failure for an answer that is none of hearthd's.
  var strange: Failure {
    .unreachable(
      "what answers at \(Format.printable(address.description)) is not hearthd's admin interface; check --address"
    )
  }

  private func exchange(_ method: String, _ path: String, _ body: String) throws(Failure) -> JSONValue {
    let socket = try Socket(connectedTo: address)
    var head = "\(method) \(path) HTTP/1.1\r\nHost: \(address.hostHeader)\r\nConnection: close\r\n"
    if method == "POST" {
      head += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
    }
    try socket.send(Array((head + "\r\n" + body).utf8))
    var reply = HTTPReply()
    while !reply.isComplete {
      let bytes = try socket.receive()
      if bytes.isEmpty { break }
      guard reply.add(bytes) else { throw strange }
    }
    guard let status = reply.status, reply.isWhole else { throw strange }
    let json = try? JSONParser.parse(reply.body)
    if status == 200 {
      guard let json else { throw strange }
      return json
    }
    let line = Format.printable(json?["error"]?.text ?? "hearthd answered with status \(status)")
    throw status == 400 ? .usage(line) : .refused(line)
  }
}
