/// The section `mutex` as it was written.
struct MutexDraft: Sendable {
  /// The section itself, for what is missing in it.
  var origin: Origin
  var listeners: [Located<Listener>] = []
  var socketMode: Located<UInt32>?
  var mode: MutexConfiguration.Mode?
  /// Milliseconds.
  var timeOut: Int?
  var connectionLimit: Int?
  var waiterLimit: Int?
}
