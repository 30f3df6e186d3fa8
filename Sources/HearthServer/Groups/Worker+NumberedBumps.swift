import CHearth
import HearthCluster
import HearthNet
import HearthStorage

/// The clocks of this node go by the numbers of another one.
extension Worker {
  /// What was stored before the pool had a number that means something goes.
  static func dropUnnumbered(_ w: WorkerPointer, _ index: Int) {
    let pool = w.pointee.pools.pools + index
    if pool.pointee.replication != nil { return flushOwn(w, pool: index) }
    pool.pointee.pool.flush()
  }

  /// The clock goes to another node's number; what is stored goes if it is too far.
  static func raiseNumbers(_ w: WorkerPointer, _ index: Int, to number: UInt64) {
    let store = w.pointee.pools.pools[index].pool
    let isFar = store.isFarGeneration(number)
    let hadNumber = store.generationClock != 0
    // First, so that what is written meanwhile has a stamp of after, or goes.
    store.raiseGenerations(to: number)
    if !isFar { return }
    dropUnnumbered(w, index)
    if hadNumber {
      w.pointee.server.pointee.cluster?.say(
        "what was stored is void: the numbers of groups have gone too far")
    }
  }

  /// Bumps of the node that numbers them, whose groups are void among the keys whose primary this node is, too.
  static func takeBumps(
    _ w: WorkerPointer, _ c: ConnectionPointer, _ frame: PeerFrame, _ payload: UnsafeRawBufferPointer
  ) {
    guard let numbering = w.pointee.numbering, payload.count >= 8,
      let bumps = NumberedBump.decode(UnsafeRawBufferPointer(rebasing: payload[8...])),
      bumps.allSatisfy({ numbering.pools.contains($0.pool) })
    else { return refusePeer(w, c, "a bump is wrong") }
    execute(w)
    setOrigin(w, UnsafeMutableRawPointer(c))
    makeRoom(w)
    openFrame(w, frame.id)
    let outcome = apply(w, numbering, bumps, view: payload.word(at: 0))
    var clocks: [Int: UInt64] = [:]
    for index in numbering.pools { clocks[index] = w.pointee.pools.pools[index].pool.generationClock }
    let answer = BumpAnswer(outcome, clocks: clocks).bytes
    answer.withUnsafeBytes {
      w.pointee.out.copyMemory(from: $0.baseAddress.unsafelyUnwrapped, byteCount: $0.count)
    }
    w.pointee.out += answer.count
    noteBumped(w, numbering, Journal.takeSequence())
    endFrame(w)
  }

  private static func apply(
    _ w: WorkerPointer, _ numbering: Numbering, _ bumps: [NumberedBump], view: UInt64
  ) -> BumpAnswer.Outcome {
    if w.pointee.pools.pools[numbering.pools[0]].replication != nil {
      guard let ruling = w.pointee.ruling, ruling.pointee.view == view, actsAsPrimary(w, ruling) else {
        return .notNow
      }
    }
    let time = PeerLinks.now
    for bump in bumps {
      let store = w.pointee.pools.pools[bump.pool].pool
      guard let group = bump.group else {
        if store.generationClock > bump.clock { return .behind }
        raiseNumbers(w, bump.pool, to: bump.clock)
        continue
      }
      if store.isFarGeneration(bump.clock) { raiseNumbers(w, bump.pool, to: bump.clock - 1) }
      if !store.bumpAsOwner(hash: group, clock: bump.clock, time: time) { return .behind }
    }
    return .applied
  }

  /// How far the sweep of a pool may forget bumps; nil: as far as the pool's clock is. Where others are primary of keys that are copied
  /// here, as far as their bumps have come from each of them.
  static func sweptNumber(_ w: WorkerPointer, pool index: Int) -> UInt64? {
    let pool = w.pointee.pools.pools + index
    guard pool.pointee.replication != nil, pool.pointee.pool.hasGenerations else { return nil }
    guard let ruling = w.pointee.ruling, let replication = w.pointee.replication, ruling.pointee.isServing,
      ruling.pointee.nextPlacement(pool: index) == nil
    else { return 0 }
    let sources = ruling.pointee.sources(pool: index)
    if sources.isEmpty { return nil }
    return sources.reduce(UInt64.max) { number, node in
      min(number, replication.streams[node]?.locked { $0.bumps[index] } ?? 0)
    }
  }
}
