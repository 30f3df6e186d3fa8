import CHearth
import HearthCluster
import HearthNet
import HearthStorage

/// Bumps that this node numbers, on any worker: who else has to have them, and who waits for that.
extension Worker {
  /// There are bumps to be told; on the keeper.
  static let bumpsMessage = EventLoop.firstOwnMessage + 10

  /// The other nodes that are primary of keys of the pools with generations.
  static func otherPrimaries(_ w: WorkerPointer, _ numbering: Numbering) -> NodeSet {
    let pool = w.pointee.pools.pools + numbering.pools[0]
    var nodes: NodeSet = []
    if pool.pointee.replication != nil {
      guard let ruling = w.pointee.ruling else { return [] }
      nodes = ruling.pointee.primaries(pool: pool.pointee.index)
    } else if let placement = pool.pointee.placement {
      nodes = placement.pointee.allNodes
    }
    nodes.remove(w.pointee.server.pointee.cluster?.configuration.own ?? 0)
    return nodes
  }

  /// This node is the one whose numbers count.
  enum Standing {
    case numbers
    /// It is yet to be settled.
    case unsettled
    case otherNode
  }

  static func standing(_ w: WorkerPointer, _ numbering: Numbering) -> Standing {
    let pool = w.pointee.pools.pools + numbering.pools[0]
    let own = w.pointee.server.pointee.cluster?.configuration.own
    if pool.pointee.replication == nil {
      return pool.pointee.placement?.pointee.owner(of: Numbering.point, copy: 0) == own
        ? .numbers : .otherNode
    }
    guard let ruling = w.pointee.ruling,
      let primary = KeyOwners(at: Numbering.point, pool: pool.pointee.index, ruling).primary
    else { return .unsettled }
    if primary != own { return .otherNode }
    return actsAsPrimary(w, ruling) ? .numbers : .unsettled
  }

  /// It may change keys whose primary it is.
  static func actsAsPrimary(_ w: WorkerPointer, _ ruling: RulingPointer) -> Bool {
    ruling.pointee.acceptsWrites && w.pointee.herdNow < ruling.pointee.readable(from: ruling.pointee.own)
      && w.pointee.replication?.isHandingOver == false
  }

  /// What numbers are given in: in another reign more keys may be this node's, and others have copies of them.
  static func reign(_ w: WorkerPointer) -> UInt64 { w.pointee.ruling?.pointee.epoch ?? 0 }

  /// A bump was numbered here: what was noted is waited for, and where other nodes are primary of keys, too, so are they.
  static func noteBump(
    _ w: WorkerPointer, _ numbering: Numbering, _ bumps: [NumberedBump]
  ) {
    noteBumped(w, numbering, Journal.takeSequence())
    if otherPrimaries(w, numbering).isEmpty { return }
    let pool = w.pointee.pools.pools[numbering.pools[0]].replication
    let patience = pool == nil ? w.pointee.peerTimeout : w.pointee.writeTimeout
    // Who has passed the request on waits for so long, and is to hear why.
    let ticket = BumpTicket(
      worker: w.pointee.index, deadline: w.pointee.herdNow + patience * 3 / 4, reign: reign(w), bumps)
    numbering.append(ticket)
    w.pointee.hasBumps = true
    w.pointee.unacknowledged.bumps.append(ticket)
  }

  /// Bumps were noted in the journal: all that have copies of keys have to have them.
  static func noteBumped(_ w: WorkerPointer, _ numbering: Numbering, _ sequence: UInt64) {
    if sequence == 0 { return }
    numbering.note(sequence)
    awaitBumps(w, numbering, sequence)
  }

  private static func awaitBumps(_ w: WorkerPointer, _ numbering: Numbering, _ sequence: UInt64) {
    guard let ruling = w.pointee.ruling else { return }
    let pool = w.pointee.pools.pools + numbering.pools[0]
    noteChange(w, sequence, ruling.pointee.nodes(pool: pool.pointee.index), pool)
  }

  /// A group's number was read, which is not to fall when this node is lost: the answer waits for those that may number then.
  static func noteNumberRead(_ w: WorkerPointer) {
    guard let numbering = w.pointee.numbering, w.pointee.datagrams == nil, let ruling = w.pointee.ruling,
      let replication = w.pointee.replication
    else { return }
    let sequence = numbering.lastSequence
    let others = ruling.pointee.nodes(pool: numbering.pools[0]).intersection(ruling.pointee.required)
    if others.contains(where: { replication.acknowledged(by: $0) < sequence && $0 != ruling.pointee.own }) {
      awaitBumps(w, numbering, sequence)
    }
  }

  /// At the end of a round: the keeper learns of bumps.
  static func passBumpsOn(_ w: WorkerPointer) {
    w.pointee.hasBumps = false
    guard let numbering = w.pointee.numbering else { return }
    if w.pointee.index == Numbering.keeper { return pumpBumps(w, numbering) }
    if !numbering.wakes() { return }
    let keeper = w.pointee.server.pointee.workers[Numbering.keeper]
    keeper.pointee.loop.pointee.mailbox.post(Message(kind: bumpsMessage))
  }
}
