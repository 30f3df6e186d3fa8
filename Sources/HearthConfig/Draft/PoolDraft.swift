/// One entry of `pools` as it was written.
struct PoolDraft: Sendable {
  /// The entry itself, for what is missing in it.
  var origin: Origin
  var name: Located<String>?
  var prefix: Located<String>?
  var port: Located<UInt16>?
  var kind: PoolConfiguration.Kind?
  var memory: Located<Int>?
  var itemSizeLimit: Located<Int>?
  var ttlDefault: Located<Int>?
  var ttlMaximum: Located<Int>?
  var keepsGenerations = false
  /// Names of nodes.
  var copies: Located<[[Located<String>]]>?
  var replication: Located<ReplicationConfiguration.Mode>?
  var minimumReady: Located<Int>?
  var lagTime: Located<Int>?
  var herd = HerdConfiguration()
}
