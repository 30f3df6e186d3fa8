import CHearth
import Glibc
import HearthCluster
import HearthConfig
import HearthNet

/// The thread of a node's control: what happens goes in by its inbox, what follows is carried out here. Any thread may use what is
/// public to the module; the rest is the thread's own.
final class ControlThread: @unchecked Sendable {
  /// What other threads tell it.
  enum Event {
    case opened(node: Int, connection: UInt64)
    case closed(node: Int, byPeer: Bool)
    /// `goesOn`: the stream's input waits until it is dealt with.
    case message(ControlMessage, node: Int, goesOn: Bool)
    case command(ControlCommand)
    /// The file asks for this map now.
    case wants(ClusterMap)
  }

  let server: UnsafeMutablePointer<ServerState>
  let replication: Replication
  let loop: ControlLoop
  private var thread: pthread_t?

  // The inbox.
  private let inboxLock: UnsafeMutablePointer<UInt32>
  private var inbox: [Event] = []
  private var isWoken = false
  private var mustEnd = false
  private let started: UnsafeMutablePointer<UInt64>
  /// Posted by each worker that has taken a ruling.
  private let taken: UnsafeMutablePointer<sem_t>

  // The thread's own.
  var control: ClusterControl
  var data: DataState
  /// The numbers of the view's nodes in this process; those of all else here are the process's.
  var numbers: NodeNumbers
  /// This node's.
  let own: Int
  let settings: ControlSettings
  /// Where keys are by the view that was published last.
  var places: KeyPlaces?
  var placed: View?
  /// The map that this node's file asks for.
  var wantedMap: ClusterMap
  /// Why that cannot be made the cluster's map now, nil: it can; and when that was found, milliseconds.
  var obstacle: String?
  var obstacleSeenAt: UInt64 = 0
  var obstacleView: UInt64 = 0
  /// The newest view, if it does not name this node: that takes no part then, and only passes requests on.
  var outsideView: View?
  /// The connection that the control knows of, by node.
  var connections: [UInt64]
  /// Those that are open.
  var linked = NodeSet()
  var ruling: UnsafeMutablePointer<Ruling>?
  var actions: [ControlAction] = []
  /// What the store has told while actions were carried out.
  var later: [ControlEvent] = []
  /// The view by which feeds got their parts last.
  var fedView: View?
  /// Where views become durable.
  var store: (any ViewStore)?
  var stateFile: StateFile?
  /// Its part in a pair, if it has one, and the role that it has there.
  var standby: StandbyKeeper?
  var role = StandbyRole.unfit
  /// This node has the only ready copy of some keys.
  var isUnprotected = false
  /// The last epoch in which it took writes.
  var reign: UInt64 = 0
  /// How far it is, by the last decision.
  var state = NodeState.empty
  /// How far the machine's clock was ahead of the time that items here expire by when that was told last, milliseconds.
  var clockStep: Int64 = 0
  /// When the progress of a copying was told last, by node, milliseconds; 0: there is none.
  var progressTold: [UInt64]
  /// For people: a copy of what the control thinks, under `inboxLock`.
  private var shown = ControlPicture()

  init(
    _ server: UnsafeMutablePointer<ServerState>, _ replication: Replication, own: Int,
    settings: ControlSettings, stateFile: StateFile?
  ) throws(NetError) {
    self.server = server
    self.replication = replication
    self.stateFile = stateFile
    self.own = own
    self.settings = settings
    wantedMap = replication.map
    loop = try ControlLoop()
    inboxLock = .allocate(capacity: 1)
    inboxLock.initialize(to: 0)
    started = .allocate(capacity: 1)
    started.initialize(to: 0)
    taken = .allocate(capacity: 1)
    sem_init(taken, 0, 0)
    connections = Array(repeating: 0, count: NodeDirectory.limit)
    progressTold = Array(repeating: 0, count: NodeDirectory.limit)
    // Milliseconds of the wall clock, so that it is higher than at every earlier start.
    let nonce = max((hearth_wall_ns() / 1_000_000) << 16, 1 << 16)
    var durable = stateFile?.durable
    let name = replication.map.nodes[own].name
    if let view = durable?.view,
      !view.map.isSameCluster(as: replication.map) || view.map.number(of: name) == nil
    {
      durable = nil
    }
    let map = durable?.view.map ?? replication.map
    numbers = NodeNumbers(map, replication.directory) ?? NodeNumbers([])
    control = ClusterControl(
      node: map.number(of: name) ?? own, map: map, settings: settings, durable: durable, dataKept: false,
      nonce: max(nonce, (((durable?.incarnation ?? 0) >> 16) + 1) << 16), now: PeerLinks.now)
    control.wanted = wantedMap.digest
    data = DataState(nodes: map.nodes.count)
    show(ControlPicture(self))
  }

  /// Streams may be made: the thread runs.
  var hasStarted: Bool { hearth_atomic_load64(started) != 0 }

  /// Views become durable in an etcd. Before `start`.
  func useStore(_ settings: EtcdSettings) {
    store = EtcdViewStore(settings, base: loop.base, handlers)
  }

  /// Views become durable in the state file, if there is one: nobody is replaced unasked. Before `start`.
  func useFile() {
    if let stateFile { store = FileViewStore(stateFile, base: loop.base, handlers) }
    log("there is no etcd: a lost primary is replaced by hearthctl promote only")
  }

  private var handlers: ViewStoreHandlers {
    ViewStoreHandlers(
      seen: { [unowned self] view in see(view) },
      proposed: { [unowned self] outcome in
        if case .refused(let newer) = outcome, control.view.number == 0 {
          // Its nodes may have other numbers than those of the file.
          see(newer)
          return handle(.proposed(.unknown))
        }
        handle(.proposed(outcome))
      },
      log: { [unowned self] line in log(line) })
  }

  // ---- from other threads

  /// A stream's connection stands.
  func opened(_ node: Int, connection: UInt64) { put(.opened(node: node, connection: connection)) }

  /// A stream's connection is gone.
  func closed(_ node: Int, byPeer: Bool) { put(.closed(node: node, byPeer: byPeer)) }

  /// A message has come over a stream.
  func receive(_ message: ControlMessage, from node: Int, goesOn: Bool) {
    put(.message(message, node: node, goesOn: goesOn))
  }

  /// An operator's wish.
  func command(_ command: ControlCommand) { put(.command(command)) }

  /// The file was read again.
  func want(_ map: ClusterMap) { put(.wants(map)) }

  private func put(_ event: Event) {
    hearth_lock(inboxLock)
    inbox.append(event)
    hearth_unlock(inboxLock)
    wake()
  }

  /// Something has changed that the control may be waiting for.
  func wake() {
    hearth_lock(inboxLock)
    let wakes = !isWoken
    isWoken = true
    hearth_unlock(inboxLock)
    if wakes { loop.wake() }
  }

  /// A worker goes by the last ruling.
  func rulingTaken() { sem_post(taken) }

  /// What the control thought last.
  var picture: ControlPicture {
    hearth_lock(inboxLock)
    defer { hearth_unlock(inboxLock) }
    return shown
  }

  func show(_ picture: ControlPicture) {
    hearth_lock(inboxLock)
    shown = picture
    hearth_unlock(inboxLock)
  }

  // ---- the thread

  /// Begins; the workers run.
  func start() throws(NetError) {
    loop.turn = { [unowned self] in turn() }
    thread = try DaemonThread.start(controlThread, Unmanaged.passUnretained(self).toOpaque())
    hearth_atomic_store64(started, 1)
    wake()
  }

  /// Hands over what this node does and takes it from the ready ones, if others can spare it; waits for that half a second at most.
  /// The workers still run.
  func handOver() {
    let patience = PeerLinks.now + 500
    guard isOneOfSeveral else { return }
    // What has begun is acknowledged first; what comes meanwhile waits, and is the next primary's.
    replication.isHandingOver = true
    defer { replication.isHandingOver = false }
    let workers = server.pointee.workerCount
    while replication.waitingReplies(workers: workers) != 0, PeerLinks.now + 300 < patience { usleep(500) }
    command(.drain)
    while isOneOfSeveral, PeerLinks.now < patience { usleep(2000) }
  }

  private var isOneOfSeveral: Bool {
    let picture = self.picture
    return picture.isReady && (picture.view?.ready.count ?? 0) > 1
  }

  /// Ends the thread and waits for it; the workers still run.
  func stop() {
    hearth_lock(inboxLock)
    mustEnd = true
    hearth_unlock(inboxLock)
    loop.wake()
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  fileprivate func run() {
    DaemonThread.name("control")
    standby?.begin(
      loop.base, log: { log($0) },
      claims: { [unowned self] in
        log("this node has the floating address and the other one is active: asks for a switch")
        command(.claim)
      })
    store?.start()
    loop.run()
    standby?.end()
  }

  private func turn() {
    hearth_lock(inboxLock)
    let events = inbox
    inbox = []
    isWoken = false
    let ends = mustEnd
    hearth_unlock(inboxLock)
    if ends { return loop.end() }
    for event in events { take(event) }
    // Progress of the streams, and time.
    handle(.tick)
    let now = PeerLinks.now
    let next = outsideView == nil ? control.nextTick : .max
    loop.setTimer(afterMilliseconds: next > now ? min(next - now, 100) : 1)
    standby?.update(role, now: now)
    tellProgress(now)
    watchClock()
    lookForObstacle(now)
    show(ControlPicture(self))
  }

  private func take(_ event: Event) {
    switch event {
    case .opened(let node, let connection):
      connections[node] = connection
      linked.insert(node)
      if let number = numbers.number(node), outsideView == nil {
        handle(.linkOpened(peer: number))
      } else {
        showView(to: node)
      }
    case .closed(let node, let byPeer):
      linked.remove(node)
      if let number = numbers.number(node) { handle(.linkClosed(peer: number, byPeer: byPeer)) }
    case .message(let message, let node, let goesOn):
      take(message, from: node)
      if goesOn {
        post(.goOn, to: node)
      }
    case .command(let command): handle(.command(command))
    case .wants(let map): want(map: map)
    }
  }

  /// Tells the control, and carries out what it wants. One that no view names has nothing to decide.
  func handle(_ event: ControlEvent) {
    if outsideView != nil { return }
    later.append(event)
    while !later.isEmpty {
      let next = later.removeFirst()
      readData()
      actions.removeAll(keepingCapacity: true)
      let before = control.view
      control.handle(next, data, now: PeerLinks.now, wall: time, &actions)
      let wanted = actions
      if control.view.number != before.number { learnNodes() }
      for action in wanted { perform(action) }
      if control.view.number != before.number { meetNodes(from: before) }
    }
  }

  /// Makes all workers go by a ruling, and returns when they do.
  func publish(_ next: UnsafeMutablePointer<Ruling>) {
    let count = server.pointee.workerCount
    for i in 0..<count {
      server.pointee.workers[i].pointee.loop.pointee.mailbox.post(
        Message(kind: Worker.rulingMessage, pointer: UnsafeMutableRawPointer(next)))
    }
    for _ in 0..<count { while sem_wait(taken) != 0 {} }
    if let ruling {
      ruling.deinitialize(count: 1)
      ruling.deallocate()
    }
    ruling = next
  }

  func wakeKeeper(_ node: Int) {
    if let stream = replication.streams[node] { Worker.wakeKeeper(server, stream) }
  }
}

func controlThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<ControlThread>.fromOpaque(context).takeUnretainedValue().run()
  return nil
}
