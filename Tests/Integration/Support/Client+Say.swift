import Testing

/// A dialogue: lines are written with "\n" and travel with CR LF, the last line's end is added.
extension Client {
  /// Sends the request and expects exactly this reply. `<n>` in the reply stands for any number, and an empty reply
  /// means that nothing is answered. A `mn` sent behind each request marks the end of its reply, so that a missing or
  /// surplus reply is seen at once and never shifts the next one. Returns the reply.
  @discardableResult
  func say(
    _ request: String, _ reply: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let received = try ask(request)
    if !matches(received, wire(reply)) {
      Issue.record(
        "\(printable(Array(request.utf8))) answered \"\(printable(Array(received.utf8)))\", not \"\(printable(Array(wire(reply).utf8)))\"",
        sourceLocation: sourceLocation)
    }
    return received
  }

  /// Sends the request and gives the reply as it came.
  func ask(_ request: String) throws -> String {
    let marker = "MN\r\n"
    let received = try exchange(Array((wire(request) + "mn\r\n").utf8), end: marker)
    let text = String(decoding: received, as: UTF8.self)
    guard received.suffix(4) == Array(marker.utf8)[...] else {
      throw TestFailure(
        "\(printable(Array(request.utf8))): the connection was closed after \"\(printable(received))\"")
    }
    return String(decoding: text.utf8.dropLast(4), as: UTF8.self)
  }

  /// Sends the request and expects these bytes and then the end of the connection.
  func sayLast(
    _ request: String, _ reply: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try send(wire(request))
    let received = try readToEnd()
    if !matches(String(decoding: received, as: UTF8.self), wire(reply)) {
      Issue.record(
        "\(printable(Array(request.utf8))) answered \"\(printable(received))\" and closed, not \"\(reply)\"",
        sourceLocation: sourceLocation)
    }
  }

  /// Sends bytes as they are, without a mark behind them, and expects these.
  func exchangeRaw(
    _ request: String, _ reply: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try send(request)
    let received = try read(reply.utf8.count)
    if received != Array(reply.utf8) {
      Issue.record(
        "\(printable(Array(request.utf8))) answered \"\(printable(received))\", not \"\(printable(Array(reply.utf8)))\"",
        sourceLocation: sourceLocation)
    }
  }

  /// The numbers and texts of a `stats` command by name.
  func statistics(_ group: String = "") throws -> [String: String] {
    let received = try ask(group.isEmpty ? "stats" : "stats " + group)
    var values: [String: String] = [:]
    var lines = received.split(separator: "\r\n")
    guard lines.popLast() == "END" else { throw TestFailure("stats \(group) answered \(received)") }
    for line in lines {
      let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "STAT" else { throw TestFailure("not a statistic: \(line)") }
      values[String(parts[1])] = String(parts[2])
    }
    return values
  }

  /// One number of a `stats` command.
  func statistic(_ name: String, of group: String = "") throws -> Int {
    let values = try statistics(group)
    guard let value = values[name].flatMap({ Int($0) }) else {
      throw TestFailure("stats \(group) has no number \(name): \(values[name] ?? "missing")")
    }
    return value
  }

  /// The CAS value of a key.
  func cas(_ key: String) throws -> UInt64 {
    let received = try ask("gets \(key)")
    let line = received.split(separator: "\r\n").first ?? ""
    guard let value = line.split(separator: " ").last.flatMap({ UInt64($0) }) else {
      throw TestFailure("gets \(key) answered \(printable(Array(received.utf8)))")
    }
    return value
  }
}

/// The text as it travels.
private func wire(_ text: String) -> String {
  text.isEmpty ? "" : text.replacing("\n", with: "\r\n") + "\r\n"
}

/// Whether the text is the pattern, `<n>` standing for digits.
func matches(_ text: String, _ pattern: String) -> Bool {
  var rest = Array(text.utf8)[...]
  var wanted = Array(pattern.utf8)[...]
  let number = Array("<n>".utf8)
  while let byte = wanted.first {
    if wanted.starts(with: number) {
      let digits = rest.prefix { 48...57 ~= $0 }
      if digits.isEmpty { return false }
      rest = rest.dropFirst(digits.count)
      wanted = wanted.dropFirst(3)
    } else {
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      wanted = wanted.dropFirst()
    }
  }
  return rest.isEmpty
}
