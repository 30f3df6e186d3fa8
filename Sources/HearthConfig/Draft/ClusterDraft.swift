/// The section `cluster` as it was written.
struct ClusterDraft: Sendable {
  /// The section itself, for what is missing in it.
  var origin: Origin
  var nodes: [NodeDraft] = []
  var own: Located<String>?
  var secretFile: String?
  /// Milliseconds.
  var peerTimeout: Int?
  var degradeAfter: Int?
  var resyncRate: Int?
  var journal: Int?
  /// nil: the section has no `standby`.
  var standby: StandbyDraft?
  var name: Located<String>?
  var etcd: EtcdDraft?
  var stateFile: Located<String>?

  struct NodeDraft: Sendable {
    var origin: Origin
    var name: Located<String>?
    var address: Located<ClusterConfiguration.Address>?
    var peer: Located<ClusterConfiguration.Address>?
    var weight: UInt32 = 1
    var zone = ""
  }
}
