import HearthHerd

/// The mutex port at one moment.
struct MutexFigures {
  /// What happened since the start.
  var counters: MutexCounters
  /// Keys held now.
  var held: Int
  /// Peers that wait now.
  var waiting: Int
  /// The longest that a key was ever held, those held now included; milliseconds.
  var longestHold: UInt64
  /// Connections to the port.
  var connections: Int
  /// Memory of the table and the sessions.
  var bytes: Int
  var options: MutexOptions
}
