import Testing

extension Client {
  /// As `say`, where the reply may also be one of others.
  func say(
    _ request: String, _ reply: String, or others: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let received = try ask(request)
    if ([reply] + others).contains(where: { matches(received, $0.replacing("\n", with: "\r\n") + "\r\n") }) {
      return
    }
    Issue.record(
      "\(printable(Array(request.utf8))) answered \"\(printable(Array(received.utf8)))\", not \"\(reply)\"",
      sourceLocation: sourceLocation)
  }

  /// As `say`, where a remaining life of `seconds`, t in the reply, may be up to two seconds less: the clock ticks
  /// between two requests.
  func say(
    _ request: String, _ reply: String, orLessThan seconds: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let others = (1...2).map { reply.replacing("t\(seconds)", with: "t\(seconds - $0)") }
    try say(request, reply, or: others, sourceLocation: sourceLocation)
  }
}
