/// `listeners`: where clients connect.
enum ListenersSection {
  static let fields: [Field<Draft>] = [
    Field("listeners") { (entry, draft) throws(ConfigurationError) in
      // `listeners:` with every entry commented out keeps the default.
      if entry.isNull { return }
      var listeners: [Located<Listener>] = []
      for item in try entry.items() { listeners.append(try listener(item, &draft.listenedPools)) }
      guard !listeners.isEmpty else {
        throw entry.error("the list is empty", "add - tcp: 127.0.0.1:11211, or remove the key")
      }
      draft.fileListeners = listeners
    },
    Field("backlog") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.backlog = try entry.integer(1...65535).value
    },
    Field("reuse_port") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.reusePort = try entry.boolean()
    },
    Field("protocol") { (entry, draft) throws(ConfigurationError) in
      draft.configuration.bindingProtocol = try entry.choice(of: BindingProtocol.self)
    },
  ]

  /// An entry as it was written: exactly one of the transports, and what belongs to it.
  private struct Written {
    var transports: [Located<Listener>] = []
    var mode: Located<UInt32>?
    var pool: Located<String>?
  }

  private static let entryFields: [Field<Written>] = [
    Field("tcp") { (entry, written) throws(ConfigurationError) in
      let place = try entry.address()
      written.transports.append(
        Located(.tcp(address: place.value.host, port: place.value.port, pool: nil), place.origin))
    },
    Field("unix") { (entry, written) throws(ConfigurationError) in
      let path = try entry.text()
      try check(unixPath: path)
      written.transports.append(Located(.unix(path: path.value, mode: 0o700, pool: nil), path.origin))
    },
    Field("udp") { (entry, written) throws(ConfigurationError) in
      let place = try entry.address()
      written.transports.append(
        Located(.udp(address: place.value.host, port: place.value.port), place.origin))
    },
    Field("mode") { (entry, written) throws(ConfigurationError) in
      written.mode = Located(try entry.mode(), entry.origin)
    },
    Field("pool") { (entry, written) throws(ConfigurationError) in written.pool = try entry.text() },
  ]

  /// The kernel's struct sockaddr_un holds 107 bytes and a zero (unix(7)).
  static func check(unixPath path: Located<String>) throws(ConfigurationError) {
    guard !path.value.isEmpty else {
      throw path.origin.error("the path is empty", "give the path of a socket")
    }
    guard path.value.utf8.count <= 107 else {
      throw path.origin.error("the path of a unix socket has at most 107 bytes", "choose a shorter path")
    }
  }

  private static func listener(
    _ item: Entry, _ pools: inout [Located<String>]
  ) throws(ConfigurationError) -> Located<Listener> {
    var written = Written()
    try item.read(entryFields, into: &written)
    guard let first = written.transports.first, written.transports.count == 1 else {
      throw item.error("a listener has exactly one of tcp, unix and udp", "write one entry for each")
    }
    if let pool = written.pool { pools.append(pool) }
    var pool = written.pool?.value
    if pool == PoolConfiguration.defaultName { pool = nil }
    if let mode = written.mode, first.value.isNetwork {
      throw mode.origin.error("only a unix socket has a mode", "remove the key")
    }
    switch first.value {
    case .tcp(let address, let port, _):
      return Located(.tcp(address: address, port: port, pool: pool), first.origin)
    case .unix(let path, let preset, _):
      return Located(.unix(path: path, mode: written.mode?.value ?? preset, pool: pool), first.origin)
    case .udp:
      if let pool = written.pool {
        throw pool.origin.error(
          "a UDP listener has no pool of its own", "remove the key, and give the pool a prefix")
      }
      return first
    }
  }
}

extension Listener {
  fileprivate var isNetwork: Bool {
    if case .unix = self { false } else { true }
  }
}
