/// The mapping `cluster.etcd` as it was written.
struct EtcdDraft: Sendable {
  /// The mapping itself, for what is missing in it.
  var origin: Origin
  var endpoints: [Located<ClusterConfiguration.Address>] = []
  var prefix: String?
  var user: Located<String>?
  var passwordFile: Located<String>?
  /// Milliseconds.
  var timeout: Int?
}
