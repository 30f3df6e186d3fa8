extension Draft {
  mutating func finishListeners() throws(ConfigurationError) {
    var all = network.unixPath == nil ? networkListeners() : unixListeners()
    if network.unixPath == nil { all += poolListeners(beside: all) }
    if let mode = network.unixMode {
      for i in all.indices {
        if case .unix(let path, _, let pool) = all[i].value {
          all[i].value = .unix(path: path, mode: mode, pool: pool)
        }
      }
    }
    try check(all)
    try checkStandby(all)
    configuration.listeners = all.map(\.value)
  }

  private var written: [Located<Listener>] {
    fileListeners ?? [Located(.tcp(address: "127.0.0.1", port: 11211, pool: nil), .flag("-p"))]
  }

  /// `-s` "disables network support": TCP and UDP are off, whatever else was asked for.
  private mutating func unixListeners() -> [Located<Listener>] {
    guard let path = network.unixPath else { return [] }
    if network.tcpPort != nil || network.udpPort != nil || !network.addresses.isEmpty {
      note("-p, -U and -l have no meaning with -s: it turns TCP and UDP off")
    }
    let kept = (fileListeners ?? []).filter { listener in
      if case .unix(_, _, .some) = listener.value { true } else { false }
    }
    return [Located(.unix(path: path.value, mode: 0o700, pool: nil), path.origin)] + kept
  }

  /// The file's listeners, where TCP ones without a pool give way to `-p` and `-l`, and UDP ones to `-U`.
  private mutating func networkListeners() -> [Located<Listener>] {
    let base = written
    let common = base.compactMap { listener -> (host: String, port: UInt16)? in
      if case .tcp(let host, let port, nil) = listener.value { (host, port) } else { nil }
    }
    var hosts = network.addresses
    if hosts.isEmpty {
      let names = common.isEmpty ? ["127.0.0.1"] : unique(common.map(\.host))
      let origin = (network.tcpPort ?? network.udpPort)?.origin ?? .flag("-l")
      hosts = names.map { Located(HostPort(host: $0, port: nil), origin) }
    }

    var tcp = base.filter { if case .tcp(_, _, nil) = $0.value { true } else { false } }
    var udp = base.filter { if case .udp = $0.value { true } else { false } }
    let other = base.filter { listener in
      switch listener.value {
      case .tcp(_, _, .some), .unix: true
      default: false
      }
    }

    // memcached: when only -U is given, TCP takes the same port.
    let shared = fileListeners == nil ? network.udpPort.flatMap { $0.value == 0 ? nil : $0 } : nil
    let chosen = network.tcpPort ?? shared
    if chosen != nil || !network.addresses.isEmpty {
      let port = chosen?.value ?? Int(common.first?.port ?? 11211)
      tcp = port == 0 ? [] : unique(hosts, port) { .tcp(address: $0, port: $1, pool: nil) }
    }
    if let port = network.udpPort?.value {
      udp = port == 0 ? [] : unique(hosts, port) { .udp(address: $0, port: $1) }
    }
    if tcp.isEmpty, udp.isEmpty, other.isEmpty, network.tcpPort != nil, pools.allSatisfy({ $0.port == nil }) {
      // memcached would run and listen nowhere.
      note("-p 0 would leave nothing to listen on: TCP takes any free port")
      tcp = unique(hosts, -1) { .tcp(address: $0, port: $1, pool: nil) }
    }
    return tcp + other + udp
  }

  /// One listener per address, each once; -1 is any free port.
  private func unique(
    _ hosts: [Located<HostPort>], _ port: Int, _ make: (String, UInt16) -> Listener
  ) -> [Located<Listener>] {
    var listeners: [Located<Listener>] = []
    for host in hosts {
      let listener = make(host.value.host, host.value.port ?? UInt16(max(0, port)))
      if !listeners.contains(where: { $0.value == listener }) {
        listeners.append(Located(listener, host.origin))
      }
    }
    return listeners
  }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// The pools' own ports, on the addresses that the default pool is reached by.
  private func poolListeners(beside listeners: [Located<Listener>]) -> [Located<Listener>] {
    let hosts = listeners.compactMap { listener -> String? in
      if case .tcp(let host, _, nil) = listener.value { host } else { nil }
    }
    return pools.flatMap { pool -> [Located<Listener>] in
      guard let port = pool.port, let name = pool.name?.value else { return [] }
      return unique(hosts.isEmpty ? ["127.0.0.1"] : hosts).map {
        Located(.tcp(address: $0, port: port.value, pool: name), port.origin)
      }
    }
  }

  private func check(_ listeners: [Located<Listener>]) throws(ConfigurationError) {
    guard !listeners.isEmpty else {
      throw ((network.tcpPort ?? network.udpPort)?.origin ?? .flag("-p")).error(
        "there is nothing to listen on", "give a TCP port, a UDP port or a unix socket")
    }
    let names = configuration.pools.map(\.name)
    for pool in listenedPools where !names.contains(pool.value) {
      let near = nearestWord(to: pool.value, in: names)
      throw pool.origin.error(
        "there is no pool \(quoted(pool.value))",
        near.map { "did you mean \($0)?" } ?? "add it to pools, or remove the key")
    }
    var users: [String: String] = [:]
    for listener in listeners {
      let place = listener.value.description
      if place.hasSuffix(":0") { continue }
      if let user = users.updateValue(listener.value.pool ?? PoolConfiguration.defaultName, forKey: place) {
        throw listener.origin.error(
          "\(place) is already a listener of pool \(user)", "give each listener its own address or port")
      }
    }
    for (pool, draft) in zip(configuration.pools.dropFirst(), namedPools)
    where pool.prefix.isEmpty && !listeners.contains(where: { $0.value.pool == pool.name }) {
      throw draft.origin.error("nothing leads to pool \(pool.name)", "give it a prefix, a port or a listener")
    }
  }

  private var namedPools: [PoolDraft] { pools.filter { $0.name?.value != PoolConfiguration.defaultName } }
}
