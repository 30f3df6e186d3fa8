import Yams

extension Entry {
  /// Any single value as it is written; `kind` and `example` are for the error line.
  private func scalar(_ kind: String, _ example: String) throws(ConfigurationError) -> String {
    if isNull { throw error("it has no value", "give \(kind), as in \(example), or remove the key") }
    guard case .scalar(let scalar) = node else {
      throw error(
        "it must be \(kind), not a \(node.mapping == nil ? "list" : "mapping")", "write it as in \(example)")
    }
    return scalar.string
  }

  func text(
    as kind: String = "a text", _ example: String = "NAME"
  ) throws(ConfigurationError) -> Located<String> {
    Located(try scalar(kind, example), origin)
  }

  func boolean() throws(ConfigurationError) -> Bool {
    let text = try scalar("true or false", "true")
    switch text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw error("\(quoted(text)) is neither true nor false", "write true or false")
    }
  }

  func integer(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Located<Int> {
    let text = try scalar("a whole number", "\(range.lowerBound)")
    guard let value = Quantity.integer(text) else {
      throw error("\(quoted(text)) is not a whole number", "give \(range.lowerBound) to \(range.upperBound)")
    }
    guard range.contains(value) else {
      throw error("\(value) is out of range", "give \(range.lowerBound) to \(range.upperBound)")
    }
    return Located(value, origin)
  }

  func size(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Located<Int> {
    let text = try scalar("a size", "64m")
    guard let value = Quantity.size(text) else {
      throw error("\(quoted(text)) is not a size", "give bytes, or a number with k, m or g, as in 64m")
    }
    guard range.contains(value) else {
      let bounds = "\(Quantity.bytes(range.lowerBound)) to \(Quantity.bytes(range.upperBound))"
      throw error("\(quoted(text)) is out of range", "give \(bounds)")
    }
    return Located(value, origin)
  }

  /// A number of things: a whole number, or one with k or m for thousands and millions.
  func count(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Located<Int> {
    let text = try scalar("a whole number", "\(range.lowerBound)")
    guard let value = Quantity.count(text) else {
      throw error("\(quoted(text)) is not a number", "give a whole number, or one with k or m, as in 200k")
    }
    guard range.contains(value) else {
      throw error("\(quoted(text)) is out of range", "give \(range.lowerBound) to \(range.upperBound)")
    }
    return Located(value, origin)
  }

  /// A path that stays the same wherever the daemon runs.
  func absolutePath() throws(ConfigurationError) -> String {
    let text = try scalar("an absolute path", "/etc/hearth/FILE")
    guard text.hasPrefix("/") else {
      throw error("\(quoted(text)) is not an absolute path", "begin it with a slash")
    }
    guard text.utf8.count < 4096 else { throw error("the path is too long", "give at most 4095 bytes") }
    return text
  }

  /// Seconds.
  func duration(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Located<Int> {
    let text = try scalar("a duration", "30s")
    guard let value = Quantity.duration(text) else {
      throw error(
        "\(quoted(text)) is not a duration", "give seconds, or a number with s, m, h or d, as in 30m")
    }
    guard range.contains(value) else {
      throw error(
        "\(quoted(text)) is out of range", "give \(range.lowerBound) to \(range.upperBound) seconds")
    }
    return Located(value, origin)
  }

  /// Milliseconds, for durations that may be shorter than a second.
  func milliseconds(_ range: ClosedRange<Int>) throws(ConfigurationError) -> Located<Int> {
    let text = try scalar("a duration", "30s")
    guard let value = Quantity.milliseconds(text) else {
      throw error(
        "\(quoted(text)) is not a duration", "give seconds, or a number with ms, s, m, h or d, as in 500ms")
    }
    guard range.contains(value) else {
      let bounds =
        "\(Quantity.writtenDuration(range.lowerBound)) to \(Quantity.writtenDuration(range.upperBound))"
      throw error("\(quoted(text)) is out of range", "give \(bounds)")
    }
    return Located(value, origin)
  }

  func mode() throws(ConfigurationError) -> UInt32 {
    let text = try scalar("an octal mode", "700")
    guard let mode = Quantity.mode(text) else {
      throw error("\(quoted(text)) is not an octal mode", "give permission bits up to 777, as in 700")
    }
    return mode
  }

  func choice<Choice: RawRepresentable & CaseIterable>(
    of _: Choice.Type
  ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue)
    let text = try scalar("one of \(names.joined(separator: ", "))", names.first ?? "")
    guard let choice = Choice(rawValue: text) else {
      throw error("\(quoted(text)) is not known here", "give one of \(names.joined(separator: ", "))")
    }
    return choice
  }

  /// An address with a port; a number alone is a port on loopback, an address alone has the preset port.
  func address(
    presetPort: UInt16 = 11211
  ) throws(ConfigurationError) -> Located<(host: String, port: UInt16)> {
    let text = try scalar("an address", "127.0.0.1:\(presetPort)")
    if let number = Quantity.integer(text) {
      guard let port = UInt16(exactly: number) else {
        throw error("invalid port number \(quoted(text))", "give a port from 0 to 65535")
      }
      return Located(("127.0.0.1", port), origin)
    }
    do throws(HostPort.Problem) {
      let address = try HostPort(text)
      return Located((address.host, address.port ?? presetPort), origin)
    } catch {
      throw self.error(error.problem, error.remedy)
    }
  }
}
