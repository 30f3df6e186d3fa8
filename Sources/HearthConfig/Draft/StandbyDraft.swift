/// The section `cluster.standby` as it was written.
struct StandbyDraft: Sendable {
  /// The section itself, for what is missing in it.
  var origin: Origin
  var pair: Located<[Located<String>]>?
  var address: Located<String>?
  var roleFile: String?
}
