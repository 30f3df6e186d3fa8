extension Draft {
  /// The port of an address that is given without one.
  static let adminPort: UInt16 = 11280

  mutating func finishAdmin() throws(ConfigurationError) {
    guard let place = adminListener else {
      if let mode = adminMode {
        throw mode.origin.error(
          "there is no socket that the mode could be for", "add listen:, or remove the key")
      }
      return
    }
    configuration.admin = place.value
    if let mode = adminMode {
      switch place.value {
      case .unix(let path, _): configuration.admin = .unix(path: path, mode: mode.value)
      // Where a flag moves the interface, the file's mode waits for the file's socket.
      case .tcp where !place.origin.isFlag:
        throw mode.origin.error("only a unix socket has a mode", "remove the key")
      case .tcp, nil: break
      }
    }
    guard let description = place.value?.description, !description.hasSuffix(":0") else { return }
    if configuration.listeners.contains(where: { $0.description == description }) {
      throw place.origin.error(
        "\(description) is where memcached clients connect", "give the admin interface its own port or path")
    }
    if configuration.mutex?.listeners.contains(where: { $0.description == description }) == true {
      throw place.origin.error(
        "\(description) is the mutex port", "give the admin interface its own port or path")
    }
  }

  /// `11280`, `127.0.0.1:11280`, `[::1]:11280`, an absolute path, or `off`, which is nil.
  static func adminListener(_ text: Located<String>) throws(ConfigurationError) -> AdminListener? {
    if text.value == "off" { return nil }
    if text.value.hasPrefix("/") {
      try ListenersSection.check(unixPath: text)
      return .unix(path: text.value, mode: 0o700)
    }
    if let number = Quantity.integer(text.value) {
      guard let port = UInt16(exactly: number) else {
        throw text.origin.error(
          "invalid port number \(quoted(text.value))", "give a port from 0 to 65535")
      }
      return .tcp(address: "127.0.0.1", port: port)
    }
    let place: HostPort
    do throws(HostPort.Problem) {
      place = try HostPort(text.value)
    } catch {
      throw text.origin.error(
        error.problem, "give a port, an address like 127.0.0.1:11280, an absolute path, or off")
    }
    guard HostPort.isLoopback(place.host) else {
      throw text.origin.error(
        "\(quoted(place.host)) is not loopback, and the admin interface asks nobody who he is",
        "give 127.0.0.1, [::1], localhost or the absolute path of a unix socket")
    }
    return .tcp(address: place.host, port: place.port ?? adminPort)
  }
}
