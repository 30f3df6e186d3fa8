/// A configuration while it is put together: defaults, then the file, then the flags. Settings that stand alone go
/// straight into `configuration`; those that must fit others wait here with their origin.
struct Draft: Sendable {
  var configuration = Configuration()
  var memory = Located(64 << 20, Origin.flag("-m"))
  var maximumMemory: Located<Int>?
  var itemSizeLimit = Located(1 << 20, Origin.flag("-I"))
  /// nil: the file has no `listeners`.
  var fileListeners: [Located<Listener>]?
  var pools: [PoolDraft] = []
  /// nil: the file has no `mutex`.
  var mutex: MutexDraft?
  var feeds: [FeedDraft] = []
  /// nil: the file has no `cluster`.
  var cluster: ClusterDraft?
  /// `--node`.
  var ownNode: Located<String>?
  /// The pools that `fileListeners` name.
  var listenedPools: [Located<String>] = []
  var network = NetworkChoice()
  /// Where the admin interface is wanted; a nil value turns it off.
  var adminListener: Located<AdminListener?>?
  /// Permission bits of its unix socket.
  var adminMode: Located<UInt32>?
  /// `-M` was given.
  var defaultPoolKeepsAll = false
  /// How often `-v` was given.
  var verboseCount = 0
  var notes: [String] = []

  /// Something harmless the operator should know; said once however often it is caused.
  mutating func note(_ text: String) {
    let line = "hearthd: \(text)"
    if !notes.contains(line) { notes.append(line) }
  }

  /// Checks that everything fits together.
  mutating func finish() throws(ConfigurationError) -> Configuration {
    if verboseCount > 0 { configuration.verbosity = min(3, verboseCount) }
    try finishMemory()
    try finishCluster()
    try finishPools()
    try finishListeners()
    try finishMutex()
    try finishAdmin()
    try finishFeeds()
    return configuration
  }
}
