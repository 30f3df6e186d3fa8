extension Draft {
  /// Clients of the port run under accounts of their own, so the original daemon let everybody connect.
  static let mutexSocketMode: UInt32 = 0o777

  /// After the listeners, whose places it must not take.
  mutating func finishMutex() throws(ConfigurationError) {
    guard let written = mutex else { return }
    guard !written.listeners.isEmpty else {
      throw written.origin.error(
        "it has no place to listen at",
        "add listen:, for example listen: 127.0.0.1:11290, or remove the section")
    }
    var places = Set(configuration.listeners.map(\.description))
    var result = MutexConfiguration(listeners: [])
    var hasUnixSocket = false
    for listener in written.listeners {
      let place = listener.value.description
      guard place.hasSuffix(":0") || places.insert(place).inserted else {
        throw listener.origin.error("\(place) is already a listener", "give each its own address or port")
      }
      if case .unix(let path, let preset, _) = listener.value {
        hasUnixSocket = true
        let mode = written.socketMode?.value ?? preset
        result.listeners.append(.unix(path: path, mode: mode, pool: nil))
      } else {
        result.listeners.append(listener.value)
      }
    }
    if let mode = written.socketMode, !hasUnixSocket {
      throw mode.origin.error("only a unix socket has a mode", "add a path to listen:, or remove the key")
    }
    if let mode = written.mode { result.mode = mode }
    if let timeOut = written.timeOut { result.timeOut = timeOut }
    if let limit = written.connectionLimit { result.connectionLimit = limit }
    result.waiterLimit = written.waiterLimit ?? result.connectionLimit
    configuration.mutex = result
  }
}
