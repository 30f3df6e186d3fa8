import HearthCluster

/// Where views become durable. Made, called and let go of by the control thread, and answers there: always from its loop, never
/// from within a call.
protocol ViewStore: AnyObject {
  /// Begins to watch: tells the view that is there, then each newer one. Once.
  func start()

  /// Makes `view` durable if the number of the present one is `expecting` (0: there is none yet). Answered once, unless
  /// another one takes its place before.
  func propose(_ view: View, expecting: UInt64)

  /// For the operator: empty: it works; else what is wrong, one line.
  var trouble: String { get }
}
