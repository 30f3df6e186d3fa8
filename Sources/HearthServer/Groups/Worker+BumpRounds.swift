import CHearth
import HearthCluster
import HearthNet
import HearthStorage

/// The bumps that this node numbers are told to the others, by the keeper.
extension Worker {
  private static func keeperNumbering(_ w: WorkerPointer) -> Numbering? {
    w.pointee.index == Numbering.keeper ? w.pointee.numbering : nil
  }

  /// Ten times a second, and when there is something to tell. Not within a round.
  static func tickBumps(_ w: WorkerPointer) {
    guard let numbering = keeperNumbering(w) else { return }
    takeTime(w)
    pumpBumps(w, numbering)
    finishReplication(w)
    finishForwarding(w)
  }

  /// A node can be reached again: it may have begun anew.
  static func tellNumbers(_ w: WorkerPointer) {
    guard let numbering = keeperNumbering(w) else { return }
    numbering.tellsNumbers = true
    numbering.retryAt = 0
    pumpBumps(w, numbering)
  }

  /// By another view others are primary: all that was not taken is told anew.
  static func renumberBumps(_ w: WorkerPointer) {
    guard let numbering = keeperNumbering(w) else { return }
    takeTime(w)
    if let round = numbering.round {
      numbering.round = nil
      giveBack(numbering, round)
    }
    numbering.tellsNumbers = true
    numbering.retryAt = 0
    pumpBumps(w, numbering)
  }

  private static func giveBack(_ numbering: Numbering, _ round: BumpRound) {
    for ticket in round.tickets {
      ticket.reign = BumpTicket.noReign
      if let node = round.failed { ticket.trouble = node }
    }
    numbering.pending = round.tickets + numbering.pending
  }

  /// Begins the next round, if there is something to tell and nothing stands in its way.
  static func pumpBumps(_ w: WorkerPointer, _ numbering: Numbering) {
    numbering.takeQueue()
    let now = w.pointee.herdNow
    giveUpBumps(w, numbering, now)
    if numbering.round != nil || now < numbering.retryAt { return }
    if numbering.pending.isEmpty && !numbering.tellsNumbers { return }
    switch standing(w, numbering) {
    case .numbers: break
    case .unsettled: return
    case .otherNode:
      settle(w, numbering.pending) { _ in .moved }
      numbering.pending = []
      numbering.tellsNumbers = false
      return
    }
    let others = otherPrimaries(w, numbering)
    for node in others {
      guard let link = w.pointee.links?[node] else { return }
      PeerLinks.connectIfDown(w, link)
      if link.pointee.state == .up, link.pointee.refusal == nil { continue }
      for ticket in numbering.pending { ticket.trouble = node }
      return
    }
    begin(w, numbering, others)
  }

  private static func giveUpBumps(_ w: WorkerPointer, _ numbering: Numbering, _ now: UInt64) {
    let isOver = { (ticket: BumpTicket) in now >= ticket.deadline }
    if let round = numbering.round, round.tickets.contains(where: isOver) {
      let silent = round.failed ?? round.awaited.first { _ in true }
      settle(w, round.tickets.filter(isOver)) { _ in .failed(silent) }
      numbering.round?.tickets.removeAll(where: isOver)
    }
    if !numbering.pending.contains(where: isOver) { return }
    let silent = numbering.round?.awaited.first { _ in true }
    settle(w, numbering.pending.filter(isOver)) { .failed($0.trouble ?? silent) }
    numbering.pending.removeAll(where: isOver)
  }

  private static func begin(_ w: WorkerPointer, _ numbering: Numbering, _ others: NodeSet) {
    numbering.rounds += 1
    var round = BumpRound(
      number: numbering.rounds, view: w.pointee.ruling?.pointee.view ?? 0,
      tellsNumbers: numbering.tellsNumbers, tickets: [],
      awaited: others)
    var told: [NumberedBump] = []
    if round.tellsNumbers {
      for index in numbering.pools {
        let clock = w.pointee.pools.pools[index].pool.generationClock
        if clock == 0 { continue }
        told.append(
          NumberedBump(
            pool: index, group: nil, clock: numbering.number(upTo: clock, pool: index, reign: reign(w))))
      }
    } else {
      round.tickets = numbering.takePending()
      for ticket in round.tickets where ticket.reign != reign(w) && !renumber(w, numbering, ticket) {
        settle(w, [ticket]) { _ in .failed(nil) }
      }
      round.tickets.removeAll { $0.outcome != .waits }
      told = round.tickets.flatMap(\.bumps).sorted { $0.clock < $1.clock }
    }
    numbering.round = round
    if others.isEmpty { return finishRound(w, numbering) }
    var bytes: [UInt8] = []
    bytes.append(word: round.view)
    for bump in told { bump.encode(into: &bytes) }
    let timeout =
      w.pointee.pools.pools[numbering.pools[0]].replication == nil
      ? w.pointee.peerTimeout : w.pointee.writeTimeout
    for node in others {
      guard let link = w.pointee.links?[node] else { continue }
      let slot = SlotPointer.allocate(capacity: 1)
      slot.initialize(to: ReplySlot(line: 0, .awaited))
      slot.pointee.bumpRound = round.number
      link.pointee.begin(slot, .bumps, pool: allPools, now: w.pointee.herdNow, timeout: timeout)
      bytes.withUnsafeBytes { link.pointee.append($0.baseAddress.unsafelyUnwrapped, $0.count) }
      link.pointee.end()
    }
  }

  /// Gives a bump numbers above all that were told. False: there is no memory.
  private static func renumber(
    _ w: WorkerPointer, _ numbering: Numbering, _ ticket: BumpTicket
  ) -> Bool {
    for i in ticket.bumps.indices {
      let pool = w.pointee.pools.pools[ticket.bumps[i].pool].pool
      guard case .bumped(let clock) = pool.bump(hash: ticket.bumps[i].group ?? 0, time: PeerLinks.now) else {
        return false
      }
      ticket.bumps[i].clock = clock
    }
    ticket.reign = reign(w)
    let sequence = Journal.takeSequence()
    if sequence != 0 {
      numbering.note(sequence)
      ticket.note(sequence)
      w.pointee.hasChanges = true
    }
    return true
  }

  /// A node has answered, or its link was lost. Frees the slot.
  static func takeBumpAnswer(
    _ w: WorkerPointer, _ link: LinkPointer, _ slot: SlotPointer, wasAnswered: Bool
  ) {
    let bytes = UnsafeRawBufferPointer(start: slot.pointee.bytes, count: slot.pointee.count)
    let answer = wasAnswered ? BumpAnswer(bytes) : nil
    let number = slot.pointee.bumpRound
    ReplySlot.free(slot, w.pointee.server.pointee.budget)
    guard let numbering = keeperNumbering(w), numbering.round?.number == number else { return }
    let node = link.pointee.node
    numbering.round?.awaited.remove(node)
    switch answer?.outcome {
    case .applied: break
    case .behind: numbering.round?.isBehind = true
    case .notNow, nil: numbering.round?.failed = node
    }
    for (pool, clock) in answer?.clocks ?? [:] { numbering.round?.hear(clock, pool: pool) }
    if numbering.round?.awaited.isEmpty == true { finishRound(w, numbering) }
  }

  /// All have answered.
  private static func finishRound(_ w: WorkerPointer, _ numbering: Numbering) {
    guard let round = numbering.round else { return }
    numbering.round = nil
    var isNew = false
    for index in numbering.pools where round.failed == nil {
      let heard = round.clocks[index] ?? 0
      let store = w.pointee.pools.pools[index].pool
      if store.generationClock == 0 {
        store.leadGenerations(above: heard)
        dropUnnumbered(w, index)
        isNew = true
      } else if heard > store.generationClock {
        raiseNumbers(w, index, to: heard)
      }
    }
    if Journal.takeSequence() != 0 { w.pointee.hasChanges = true }
    let isDone = round.failed == nil && !round.isBehind
    if round.tellsNumbers {
      numbering.tellsNumbers = !isDone || isNew
      // Somebody has gone further than what is pending.
      if round.isBehind { for ticket in numbering.pending { ticket.reign = BumpTicket.noReign } }
    }
    if isDone {
      settle(w, round.tickets) { _ in .taken }
    } else {
      giveBack(numbering, round)
      if round.failed != nil { numbering.retryAt = w.pointee.herdNow + Numbering.pause }
    }
    pumpBumps(w, numbering)
  }

  /// Tells those who wait.
  private static func settle(
    _ w: WorkerPointer, _ tickets: [BumpTicket], _ outcome: (BumpTicket) -> BumpTicket.Outcome
  ) {
    var workers: Set<Int> = []
    for ticket in tickets where ticket.outcome == .waits {
      ticket.settle(outcome(ticket))
      workers.insert(ticket.worker)
    }
    for worker in workers {
      let loop = w.pointee.server.pointee.workers[worker].pointee.loop
      loop.pointee.mailbox.post(Message(kind: acknowledgedMessage))
    }
  }
}
