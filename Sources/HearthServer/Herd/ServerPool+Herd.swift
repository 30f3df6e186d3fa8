import CHearth
import HearthConfig
import HearthHerd
import HearthStorage

extension ServerPool {
  /// Takes a rule into force; it holds from the next request on.
  mutating func protect(_ herd: HerdConfiguration) {
    pool.setStaleTime(UInt32(herd.serveStale))
    pool.setKeepsLife(herd.refreshesEarly)
    var address: UInt = 0
    if herd.isOn {
      let rule = UnsafeMutablePointer<HerdRule>.allocate(capacity: 1)
      rule.initialize(to: HerdRule(herd))
      pool.setBumpRetention(rule.pointee.bumpRetention)
      address = UInt(bitPattern: rule)
    }
    hearth_atomic_release64(&self.rule, UInt64(address))
  }
}

extension HerdRule {
  /// A bump must be known as long as it holds off sets, and as long as a lease that was given before it may last.
  fileprivate var bumpRetention: UInt64 { max(holdOff, coalesceLease, refreshLease, 1000) }

  /// The rule that a configuration asks for.
  init(_ c: HerdConfiguration) {
    self.init(
      refreshBefore: UInt64(c.refreshBefore), refreshPermille: UInt64(c.refreshPermille),
      refreshLease: UInt64(c.refreshLease), serveStale: UInt64(c.serveStale) * 1000,
      coalesceWait: UInt64(c.coalesceWait), coalesceLease: UInt64(c.coalesceLease),
      maximumWaiters: UInt32(c.maximumWaiters), holdOff: UInt64(c.holdOff))
  }
}
