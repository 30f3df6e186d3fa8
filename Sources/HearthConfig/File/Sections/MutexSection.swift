import Yams

/// `mutex`: the side port for clients of the KeyedMutex protocol.
enum MutexSection {
  /// The port of an address without one.
  static let presetPort: UInt16 = 11290
  /// Milliseconds; owners are looked at ten times a second, and a day is for ever.
  static let timeOutRange = 100...86_400_000

  static let fields: [Field<Draft>] = [
    Field("mutex") { (entry, draft) throws(ConfigurationError) in
      // With every line commented out there is no port.
      if entry.isNull { return }
      var mutex = MutexDraft(origin: entry.origin)
      try entry.read(settings, into: &mutex)
      draft.mutex = mutex
    }
  ]

  private static let settings: [Field<MutexDraft>] = [
    Field("listen") { (entry, mutex) throws(ConfigurationError) in
      if case .sequence = entry.node {
        for item in try entry.items() { mutex.listeners.append(try listener(item)) }
      } else {
        mutex.listeners.append(try listener(entry))
      }
    },
    Field("socket_mode") { (entry, mutex) throws(ConfigurationError) in
      mutex.socketMode = Located(try entry.mode(), entry.origin)
    },
    Field("mode") { (entry, mutex) throws(ConfigurationError) in
      mutex.mode = try entry.choice(of: MutexConfiguration.Mode.self)
    },
    Field("time_out") { (entry, mutex) throws(ConfigurationError) in
      mutex.timeOut = try entry.milliseconds(timeOutRange).value
    },
    Field("connection_limit") { (entry, mutex) throws(ConfigurationError) in
      mutex.connectionLimit = try entry.integer(1...MutexConfiguration.largestLimit).value
    },
    Field("waiter_limit") { (entry, mutex) throws(ConfigurationError) in
      mutex.waiterLimit = try entry.integer(1...MutexConfiguration.largestLimit).value
    },
  ]

  /// An absolute path is a unix socket, everything else an address.
  private static func listener(_ entry: Entry) throws(ConfigurationError) -> Located<Listener> {
    let text = try entry.text(as: "an address or a path", "127.0.0.1:11290")
    if text.value.contains("/") {
      guard text.value.hasPrefix("/") else {
        throw entry.error("\(quoted(text.value)) is not an absolute path", "begin it with a slash")
      }
      try ListenersSection.check(unixPath: text)
      return Located(.unix(path: text.value, mode: Draft.mutexSocketMode, pool: nil), text.origin)
    }
    let place = try entry.address(presetPort: presetPort)
    return Located(.tcp(address: place.value.host, port: place.value.port, pool: nil), place.origin)
  }
}
