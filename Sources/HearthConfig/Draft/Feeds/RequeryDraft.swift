/// One entry of a table's `requery` as it was written.
struct RequeryDraft: Sendable {
  /// The entry itself, for what is missing in it.
  var origin: Origin
  var key: Located<KeyTemplate>?
  var statement: Located<QueryTemplate>?
  var value = RequeryConfiguration.Value.list
  var ttl: Located<Int>?
  var flags: UInt32 = 0
}
