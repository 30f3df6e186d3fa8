/// What every run of a measurement has in common.
struct ChaosPlan: Sendable {
  /// Paths of the programs.
  var hearthd: String
  var hearthctl: String
  /// Directory with a.conf and b.conf.
  var keepalived: String
  /// Seconds from the fault until it is healed.
  var seconds: Double
  var runs: Int
  /// The pool's writes are acknowledged before the standby has them.
  var isAsync: Bool
  /// MiB of each daemon: nothing is to be evicted, however long a run lasts on a machine that has much to do.
  var memory = 1024
}
