import CHearth
import Glibc
import HearthConfig
import HearthNet
import HearthStorage

/// The daemon without its process: store, sockets, workers. Made and driven by the main thread. `init` maps the
/// store and binds the sockets, so that every error comes before the process detaches; `start` makes the threads.
public final class Server {
  let state: UnsafeMutablePointer<ServerState>
  /// What fills pools by itself.
  public let feeds: FeedSet
  /// Tells keepalived how far this node of a pair is; nil: it belongs to none. Main thread.
  private(set) var roleFile: RoleFile?
  private var listeners: [UnsafeMutablePointer<HearthNet.Listener>] = []
  private var datagramSockets: [[UnsafeMutablePointer<DatagramSocket>]]
  private var threads: [pthread_t] = []
  private var preparer: pthread_t?
  private var main: MainLoop?
  private var acceptor: UnsafeMutablePointer<Acceptor>?
  /// Reads the configuration again, on SIGHUP; nil when there is nothing to apply.
  private var reread: @convention(c) () -> Void = {}

  /// Maps the store and binds all sockets of a configuration.
  public init(_ configuration: Configuration) throws(ServerError) {
    MainLoop.ignoreBrokenPipes()
    for signal in [SIGHUP, SIGTERM, SIGINT, SIGUSR1] { MainLoop.hold(signal) }
    let buffers = configuration.connectionBufferMemory
    let options = configuration.pools.enumerated().map { i, pool in
      var options = PoolOptions(
        name: pool.name, kind: pool.kind == .cache ? .cache : .deterministic,
        memory: i == 0 ? pool.memory - buffers : pool.memory, maximumMemory: configuration.maximumMemory)
      if pool.keepsGenerations { options.generationDelimiter = configuration.generationDelimiter }
      return options
    }
    let store: Store
    do throws(StoreError) {
      store = try Store(pools: options, workers: configuration.threads)
    } catch {
      throw ServerError(error.description, lacksAddressSpace: error.lacksAddressSpace)
    }
    let cluster: ClusterState? =
      if let nodes = configuration.cluster {
        try ClusterState(
          nodes, pools: configuration.pools, workers: configuration.threads)
      } else {
        nil
      }
    let floating: FloatingAddress?
    do throws(NetError) {
      floating =
        if let standby = configuration.cluster?.ownStandby { try FloatingAddress(standby.address) } else {
          nil
        }
    } catch {
      throw ServerError(error.description)
    }
    let workers = UnsafeMutablePointer<WorkerPointer>.allocate(capacity: configuration.threads)
    let flushTimes = UnsafeMutablePointer<UInt64>.allocate(capacity: configuration.pools.count)
    flushTimes.initialize(repeating: 0, count: configuration.pools.count)
    let budget = BufferBudget(limit: buffers)
    state = .allocate(capacity: 1)
    state.initialize(
      to: ServerState(
        clock: Clock(), store: store,
        pools: PoolTable(configuration.pools, showsCAS: !configuration.casDisabled, store, cluster),
        groups: GroupTable(configuration),
        leases: LeaseShards(budget: budget, pools: configuration.pools.count),
        counts: ConnectionCounts(limit: configuration.connectionLimit), budget: budget,
        mutex: MutexPort(configuration.mutex), workers: workers, workerCount: configuration.threads,
        configuration: configuration,
        statisticsDelimiter: configuration.statisticsDelimiter,
        verbosity: UInt64(configuration.verbosity), detail: configuration.detailStatistics ? 1 : 0,
        hasDetours: configuration.hasDetours ? 1 : 0,
        flushTimes: flushTimes, cluster: cluster, floating: floating, shutdown: requestShutdown))
    try cluster?.makeControl(state)
    feeds = FeedSet(configuration, state)
    state.pointee.feeds = feeds
    datagramSockets = Array(repeating: [], count: configuration.threads)
    do throws(NetError) {
      for listener in configuration.listeners { try bind(listener, configuration) }
      for listener in configuration.mutex?.listeners ?? [] {
        try bind(listener, configuration, tag: MutexPort.tag)
      }
      if let node = configuration.cluster?.ownNode {
        let place = HearthConfig.Listener.tcp(address: node.peer.host, port: node.peer.port, pool: nil)
        try bind(place, configuration, tag: ClusterState.listenerTag)
      }
    } catch {
      for listener in listeners { listener.deinitialize(count: 1) }
      throw ServerError(error.description)
    }
    // With the sockets it is certain that no other process speaks for this node.
    roleFile = Self.roleFile(configuration)
    if let control = state.pointee.cluster?.control, let floating = state.pointee.floating, let roleFile {
      control.standby = StandbyKeeper(state, floating, roleFile)
    }
  }

  private func bind(_ listener: HearthConfig.Listener, _ c: Configuration) throws(NetError) {
    let pool = listener.pool.flatMap { name in c.pools.firstIndex { $0.name == name } }
    try bind(listener, c, tag: Int32(pool.map { $0 + 1 } ?? 0))
  }

  private func bind(
    _ listener: HearthConfig.Listener, _ c: Configuration, tag: Int32
  ) throws(NetError) {
    switch listener {
    case .tcp(let address, let port, _):
      try HearthNet.Listener.tcp(
        address, port: port, tag: tag, backlog: c.backlog, reusePort: c.reusePort,
        floating: state.pointee.floating
      ) {
        keep($0)
      }
      if state.pointee.tcpPort == 0 && tag >= 0 {
        state.pointee.tcpPort = listeners[listeners.count - 1].pointee.address.port
      }
    case .unix(let path, let mode, _):
      keep(try HearthNet.Listener.unix(path, mode: mode, tag: tag, backlog: c.backlog))
    case .udp(let address, let port):
      // One socket per worker: the kernel spreads the peers over them.
      var port = port
      for i in 0..<c.threads {
        let s = try DatagramSocket.bind(
          address, port: port, tag: tag, reusePort: true, floating: state.pointee.floating)
        port = s.pointee.address.port
        datagramSockets[i].append(s)
      }
      if state.pointee.udpPort == 0 { state.pointee.udpPort = port }
    }
  }

  private func keep(_ listener: consuming HearthNet.Listener) {
    let kept = UnsafeMutablePointer<HearthNet.Listener>.allocate(capacity: 1)
    kept.initialize(to: listener)
    listeners.append(kept)
  }

  /// Somebody on another machine can reach a socket of this server.
  public var isReachableFromOutside: Bool {
    listeners.contains { !$0.pointee.address.isLoopback }
      || datagramSockets.contains { $0.contains { !$0.pointee.address.isLoopback } }
  }

  /// What memcached writes into the file named by MEMCACHED_PORT_FILENAME: `TCP INET: 11211`. Ports of the mutex port
  /// have a word of their own, for readers that look for TCP.
  public var portLines: [String] {
    let tcp = listeners.filter { $0.pointee.path == nil }
      .map { (portWord($0.pointee.tag), $0.pointee.address) }
    let udp = (datagramSockets.first ?? []).map { ("UDP", $0.pointee.address) }
    return (tcp + udp).map { "\($0) \($1.isIPv6 ? "INET6" : "INET"): \($1.port)" }
  }

  private func portWord(_ tag: Int32) -> String {
    tag == MutexPort.tag ? "MUTEX" : tag == ClusterState.listenerTag ? "PEER" : "TCP"
  }

  /// Starts the workers and accepts connections; ends when SIGTERM, SIGINT or SIGUSR1 has come and everything read
  /// by then is answered (bounded to a second or so). `reload` is called on SIGHUP, `started` when the workers run,
  /// `stopping` while they still do.
  public func run(
    reload: @escaping @convention(c) () -> Void, started: () -> Void = {}, stopping: () -> Void = {}
  ) throws(ServerError) {
    reread = reload
    let main: MainLoop
    do throws(NetError) {
      try startWorkers()
      main = try MainLoop()
      self.main = main
      let loops = (0..<state.pointee.workerCount).map { state.pointee.workers[$0].pointee.loop }
      let acceptor = Acceptor.make(
        base: main.base, loops: loops, counts: state.pointee.counts, floating: state.pointee.floating)
      self.acceptor = acceptor
      for listener in listeners {
        // A client of the mutex port would take the first letter for an answer.
        let tag = listener.pointee.tag
        let refusal: StaticString = tag < 0 ? "" : "ERROR Too many open connections\r\n"
        Acceptor.add(
          acceptor, listener.move(), refusal: refusal, isUnlimited: tag == ClusterState.listenerTag)
      }
      listeners = []
      let context = Unmanaged.passUnretained(self).toOpaque()
      for signal in [SIGTERM, SIGINT, SIGUSR1] { main.onSignal(signal, context, stopSignalled) }
      main.onSignal(SIGHUP, context, reloadSignalled)
      try state.pointee.cluster?.control?.start()
    } catch {
      throw ServerError(error.description)
    }
    let watch = state.pointee.cluster?.control == nil ? try followAddress(main.base) : nil
    let roleGuard = try roleFile.map { (file) throws(ServerError) in try RoleGuard(file.path) }
    started()
    feeds.start()
    main.run()
    // First of all, so that keepalived gives the address away while the last clients are answered.
    state.pointee.cluster?.control?.handOver()
    state.pointee.cluster?.control?.stop()
    roleFile?.end(now: Worker.milliseconds(hearth_monotonic_ns()))
    _ = consume roleGuard
    withExtendedLifetime(watch) {}
    stopping()
    feeds.stop()
    finish()
  }

  /// Makes and starts the workers.
  func startWorkers() throws(NetError) {
    let c = state.pointee.configuration
    for i in 0..<c.threads {
      let loop = UnsafeMutablePointer<EventLoop>.allocate(capacity: 1)
      let worker = WorkerPointer.allocate(capacity: 1)
      let handlers = LoopHandlers(
        context: UnsafeMutableRawPointer(worker), round: workerRound, opened: workerOpened,
        closing: workerClosing, tick: workerTick, alarm: workerAlarm, fineAlarm: workerFineAlarm,
        message: workerMessage)
      loop.initialize(
        to: try EventLoop(
          index: i, sessionBytes: MemoryLayout<Session>.stride, handlers: handlers,
          budget: state.pointee.budget, counts: state.pointee.counts))
      loop.pointee.idleTimeout = UInt32(c.idleTimeout)
      loop.pointee.floating = state.pointee.floating
      worker.initialize(to: Worker(index: i, server: state, loop: loop))
      state.pointee.workers[i] = worker
      PeerLinks.extend(worker)
      for s in datagramSockets[i] { DatagramSocket.join(s, loop) }
    }
    preparer = try DaemonThread.start(
      preparerThread, Unmanaged.passUnretained(state.pointee.store).toOpaque())
    for i in 0..<c.threads {
      threads.append(try EventLoop.start(state.pointee.workers[i].pointee.loop))
    }
  }

  fileprivate func stop() {
    if let acceptor { Acceptor.close(acceptor) }
    main?.stop()
  }

  fileprivate func reload() { reread() }

  /// Ends the workers and waits for them.
  func finish() {
    for i in 0..<state.pointee.workerCount {
      let loop = state.pointee.workers[i].pointee.loop
      loop.pointee.mailbox.post(Message(kind: Worker.dismissParkedMessage))
      loop.pointee.stop()
    }
    for thread in threads { pthread_join(thread, nil) }
    state.pointee.store.endPreparation()
    if let preparer { pthread_join(preparer, nil) }
  }
}

func stopSignalled(_ signal: Int32, _ what: Int16, _ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<Server>.fromOpaque(context).takeUnretainedValue().stop()
}

func reloadSignalled(_ signal: Int32, _ what: Int16, _ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<Server>.fromOpaque(context).takeUnretainedValue().reload()
}

/// The shutdown command ends the daemon the way a signal does.
func requestShutdown(_ graceful: Bool) { _ = kill(getpid(), graceful ? SIGUSR1 : SIGINT) }

extension Configuration {
  /// Some requests may not go the usual way.
  fileprivate var hasDetours: Bool {
    pools.contains { $0.herd.isOn || $0.keepsGenerations } || !feeds.isEmpty || cluster != nil
  }
}
