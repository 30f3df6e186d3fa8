import CHearth
import Glibc
import HearthHerd
import HearthNet
import HearthStorage

/// The worker's part of the mutex port. What a peer is to be told goes through the inbox of the worker that owns it, its
/// own too: nothing is told from within a call of the table, nor while another connection is being closed.
extension Worker {
  /// Something was put into the inbox.
  static let mutexMessage = EventLoop.firstOwnMessage + 2
  /// More owners' time is over than one step closes.
  static let mutexTickMessage = EventLoop.firstOwnMessage + 3
  /// Peers told, or owners' times looked at, before others get their turn; each costs a system call.
  private static let mutexPatience = 128

  /// A connection to the port begins.
  static func openMutex(_ w: WorkerPointer, _ c: ConnectionPointer) {
    guard w.pointee.mutex.admit() else {
      Connection.doom(c)
      return
    }
    let m = UnsafeMutablePointer<MutexSession>.allocate(capacity: 1)
    m.initialize(to: MutexSession(worker: w.pointee.index, number: c.pointee.number))
    let s = session(of: c)
    s.pointee.mutex = m
    let peers = w.pointee.mutexPeers
    peers.pointee.connections[m.pointee.id] = c
  }

  /// A connection to the port ends: what it owned passes on, where it waited it is forgotten.
  static func closeMutex(_ w: WorkerPointer, _ m: UnsafeMutablePointer<MutexSession>) {
    let peers = w.pointee.mutexPeers
    peers.pointee.connections[m.pointee.id] = nil
    peers.pointee.removePart(m)
    w.pointee.mutex.leave(m.pointee.peer.claim, &peers.pointee.actions)
    m.deinitialize(count: 1)
    m.deallocate()
    distribute(w)
  }

  /// Handles what a peer sent, all of it: nothing is kept but the bytes of a key. A peer that does not read is not read
  /// from either, so that no more waits for it than the answers to one round's input, a byte each.
  static func receiveMutex(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ m: UnsafeMutablePointer<MutexSession>,
    _ input: UnsafeRawBufferPointer
  ) {
    let peers = w.pointee.mutexPeers
    let port = w.pointee.mutex
    let table = port.table
    let id = m.pointee.id
    var goesOn = true
    var owned = 0
    var offset = 0
    while goesOn && offset < input.count {
      let end = min(input.count, offset + MutexPort.inputPart)
      let part = UnsafeRawBufferPointer(rebasing: input[offset..<end])
      goesOn = port.locked { now in
        table.pointee.receive(part, from: &m.pointee.peer, id, now: now, &peers.pointee.actions)
      }
      offset = end
      owned += distribute(w, from: id)
    }
    peers.pointee.notePart(c, m)
    if owned > 0 {
      withUnsafeTemporaryAllocation(byteCount: owned, alignment: 1) { bytes in
        let start = bytes.baseAddress.unsafelyUnwrapped
        memset(start, Int32(UInt8(ascii: "O")), owned)
        Connection.send(c, start, owned)
      }
    }
    noteSilence(c, m)
    if !goesOn { Connection.doom(c) }
  }

  /// While it waits or owns, the table bounds its time.
  private static func noteSilence(_ c: ConnectionPointer, _ m: UnsafeMutablePointer<MutexSession>) {
    Connection.setMayBeSilent(c, m.pointee.peer.state == .waiting || m.pointee.peer.state == .owning)
  }

  /// The cache received a value for a key, and somebody waits at the port.
  @inline(never)
  static func tellStored(_ w: WorkerPointer, _ key: Key) {
    guard let digest = KeyDigest.md5(key.start, key.count) else { return }
    let peers = w.pointee.mutexPeers
    let port = w.pointee.mutex
    port.locked { _ in port.table.pointee.stored(digest, &peers.pointee.actions) }
    distribute(w)
  }

  /// Hands the table's actions to the workers of their peers. Those that say to the sender itself that it owns a key
  /// are not handed on; returns how many they are.
  @discardableResult
  private static func distribute(_ w: WorkerPointer, from sender: UInt64 = .max) -> Int {
    let peers = w.pointee.mutexPeers
    let count = peers.pointee.actions.count
    if count == 0 { return 0 }
    var owned = 0
    // One bit for each worker; there are at most 64.
    var workers: UInt64 = 0
    for i in 0..<count {
      let action = peers.pointee.actions[i]
      if action.peer == sender && action.kind == .own {
        owned += 1
      } else {
        workers |= 1 << UInt64(MutexSession.worker(of: action.peer))
      }
    }
    let all = w.pointee.server.pointee.workers
    while workers != 0 {
      let index = workers.trailingZeroBitCount
      workers &= workers - 1
      let inbox = all[index].pointee.mutexInbox
      let wasEmpty = MutexInbox.put(inbox, peers.pointee.actions, for: index, except: sender)
      if index == w.pointee.index && peers.pointee.isInRound {
        peers.pointee.mustTell = true
      } else if wasEmpty {
        all[index].pointee.loop.pointee.mailbox.post(Message(kind: mutexMessage))
      }
    }
    peers.pointee.actions.removeAll()
    return owned
  }

  /// Tells this worker's peers what is in the inbox. The rest of a crowd comes after the requests that are waiting.
  static func tellPeers(_ w: WorkerPointer) {
    let peers = w.pointee.mutexPeers
    peers.pointee.mustTell = false
    for _ in 0..<mutexPatience {
      guard let action = peers.pointee.nextAction() else { return }
      tell(w, action)
    }
    if peers.pointee.hasActions { w.pointee.loop.pointee.mailbox.post(Message(kind: mutexMessage)) }
  }

  private static func tell(_ w: WorkerPointer, _ action: MutexAction) {
    let peers = w.pointee.mutexPeers
    // Gone, or the claim ended in another way meanwhile: too late.
    guard let c = peers.pointee.connections[action.peer], let m = session(of: c).pointee.mutex,
      m.pointee.peer.apply(action)
    else { return }
    switch action.kind {
    case .own: send(c, UInt8(ascii: "O"))
    case .tell: send(c, UInt8(ascii: "R"))
    case .close: Connection.doom(c)
    }
    noteSilence(c, m)
    Connection.settle(c)
  }

  private static func send(_ c: ConnectionPointer, _ byte: UInt8) {
    withUnsafeBytes(of: byte) { Connection.send(c, $0.baseAddress.unsafelyUnwrapped, 1) }
  }

  /// Ten times a second: closes those that owe the rest of a key for too long; one worker for all closes owners whose
  /// time is over.
  static func tickMutex(_ w: WorkerPointer) {
    closeParts(w)
    if w.pointee.index == 0 { closeOwners(w) }
  }

  private static func closeParts(_ w: WorkerPointer) {
    let peers = w.pointee.mutexPeers
    guard peers.pointee.oldestPart != nil else { return }
    let port = w.pointee.mutex
    let limit = port.locked { _ in port.table.pointee.options.timeOut }
    for _ in 0..<mutexPatience {
      guard let c = peers.pointee.oldestPart, let m = session(of: c).pointee.mutex,
        m.pointee.peer.isOverdue(after: limit, now: MutexPort.now)
      else { return }
      peers.pointee.removePart(m)
      m.pointee.peer.close()
      Connection.doom(c)
      Connection.settle(c)
    }
  }

  /// Closes owners whose time is over.
  static func closeOwners(_ w: WorkerPointer) {
    let peers = w.pointee.mutexPeers
    let port = w.pointee.mutex
    let table = port.table
    var more = true
    var steps = 0
    while more && steps < mutexPatience / MutexPort.step {
      more = port.locked { now in
        table.pointee.tick(now: now, limit: MutexPort.step, &peers.pointee.actions)
        return table.pointee.nextDeadline <= now
      }
      distribute(w)
      steps += 1
    }
    if more { w.pointee.loop.pointee.mailbox.post(Message(kind: mutexTickMessage)) }
  }
}

extension ServerState {
  /// A feed stored a value for a key, and somebody waits at the mutex port. Any thread but a worker's.
  static func tellStored(_ s: UnsafeMutablePointer<ServerState>, _ key: Key) {
    guard let digest = KeyDigest.md5(key.start, key.count) else { return }
    var actions = MutexActions()
    let port = s.pointee.mutex
    port.locked { _ in port.table.pointee.stored(digest, &actions) }
    if actions.isEmpty { return }
    for index in 0..<s.pointee.workerCount {
      let worker = s.pointee.workers[index]
      if MutexInbox.put(worker.pointee.mutexInbox, actions, for: index, except: .max) {
        worker.pointee.loop.pointee.mailbox.post(Message(kind: Worker.mutexMessage))
      }
    }
  }
}
