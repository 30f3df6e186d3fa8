import Synchronization
import TestDatabase

/// One etcd for all tests that do nothing to it; each keeps a cluster of another name there.
enum SharedEtcd {
  // Nobody changes it: the tests know its port only.
  nonisolated(unsafe) private static let started = Result { try PrivateEtcd() }
  private static let names = Atomic<Int>(0)

  /// Its port, and a name that no other cluster in it has.
  static func claim() throws -> (port: UInt16, name: String) {
    (try started.get().port, "test\(names.add(1, ordering: .relaxed).newValue)")
  }
}
