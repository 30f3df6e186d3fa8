import HearthHerd
import HearthNet
import HearthProtocol
import HearthStorage

/// Everything that may change a key, in a pool with herd protection.
extension Worker {
  /// A request in a pool with a rule.
  static func performProtected(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule) {
    switch op.pointee.request.verb {
    case .get: protectedGet(w, op, rule, withCAS: false)
    case .gets: protectedGet(w, op, rule, withCAS: true)
    case .gat, .gats:
      protectedGetAndTouch(w, op, rule)
      tell(w, op, rule)
    case .metaGet: protectedMetaGet(w, op, rule)
    case .set, .add, .replace, .cas: protectedStore(w, op, rule)
    case .metaSet: protectedMetaSet(w, op, rule)
    case .metaDelete where rule.pointee.holdOff != 0: invalidate(w, op, rule)
    default: protectedChange(w, op, rule)
    }
  }

  /// Executes the request, then tells those who wait for the key.
  static func protectedChange(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule) {
    dispatch(w, op)
    tell(w, op, rule)
  }

  /// A writer that has stored its value and then finds nothing known of any key has nobody to tell: readers are
  /// parked only after they looked for the value under the table's lock.
  static func tell(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule) {
    if w.pointee.effect == .none { return }
    let part = w.pointee.leases.part(of: op.pointee.key.hash)
    if w.pointee.effect != .won && w.pointee.leases.isEmpty(part) { return }
    let until = withLeases(w, part: part) { table, actions in tell(w, op, rule, &table, &actions) }
    if until != 0 { noteLease(w, op, until: until) }
  }

  private static func protectedMetaSet(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule
  ) {
    let arguments = MetaArguments(op.pointee.request, in: op.pointee.input)
    if arguments.mode == .append || arguments.mode == .prepend { return protectedChange(w, op, rule) }
    protectedStore(
      w, op, rule, token: op.pointee.request.has(MetaFlag.compareCAS) ? arguments.compareCAS : 0)
  }

  /// Stores a value as a whole: with a lease of the key in the table, or a hold-off in the rule, under the table's
  /// lock, so that nothing comes between the permission and the value.
  private static func protectedStore(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule, token: UInt64 = 0
  ) {
    let part = w.pointee.leases.part(of: op.pointee.key.hash)
    if rule.pointee.holdOff == 0 && w.pointee.leases.isEmpty(part) { return protectedChange(w, op, rule) }
    let pool = op.pointee.pool.pointee.pool
    let now = w.pointee.herdNow
    withLeases(w, part: part) { table, actions in
      let clock = pool.generationClock
      let bump = pool.hasGenerations ? pool.lastBump(op.pointee.key) : Bump()
      var permit = table.permit(
        leaseKey(op),
        WriteRequest(
          reader: reader(w, op), token: token, validFrom: bump.clock, heldOffUntil: heldOffUntil(bump, rule)),
        now: now)
      if permit.isRefused { return refuseHeldOff(w, op) }
      // Bumps take no lock of the table: one that comes before the value is stored makes it void.
      if rule.pointee.holdOff != 0 && !permit.isHolder { permit.stamp = clock }
      w.pointee.permit = permit
      dispatch(w, op)
      w.pointee.permit = WritePermit()
      tell(w, op, rule, &table, &actions)
    }
  }

  /// The value may be older than what invalidated the key.
  private static func refuseHeldOff(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>) {
    w.pointee.counters.commandSet &+= 1
    if op.pointee.request.verb == .metaSet { metaReply(w, op, "NS") } else { answer(w, op, "NOT_STORED\r\n") }
  }

  /// md where an invalidation holds off sets.
  private static func invalidate(_ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule) {
    withLeases(w, part: w.pointee.leases.part(of: op.pointee.key.hash)) { table, actions in
      dispatch(w, op)
      tell(w, op, rule, &table, &actions)
    }
  }

  /// Tells the table what the request did. The end of the lease that it gave, 0: none.
  @discardableResult
  private static func tell(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ rule: Rule, _ table: inout LeaseTable,
    _ actions: inout HerdActions
  ) -> UInt64 {
    let key = leaseKey(op)
    let now = w.pointee.herdNow
    let name = reader(w, op)
    let clock = op.pointee.pool.pointee.pool.generationClock
    switch w.pointee.effect {
    case .none: break
    case .stored: written(w, op, table.written(key, .set, now: now, &actions), name)
    case .added: written(w, op, table.written(key, .add, now: now, &actions), name)
    case .counted: written(w, op, table.written(key, .arithmetic, now: now, &actions), name)
    case .extended: table.written(key, .extend, now: now, &actions)
    case .touched: table.written(key, .touch, now: now, &actions)
    case .deleted: table.deleted(key, now: now, &actions)
    case .invalidated: table.invalidated(key, rule.pointee, clock: clock, now: now, &actions)
    case .won:
      let token = w.pointee.wonCAS
      let until = table.won(key, by: name, token: token, rule.pointee, clock: clock, now: now)
      return name != 0 ? until : 0
    }
    return 0
  }

  /// A write ended the lease of `holder`.
  private static func written(
    _ w: WorkerPointer, _ op: UnsafeMutablePointer<Operation>, _ holder: UInt64, _ name: UInt64
  ) {
    if holder != 0 && holder == name { noteLeaseEnd(w, op) }
  }
}
