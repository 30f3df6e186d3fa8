/// One entry of a table's `entries` as it was written.
struct EntryDraft: Sendable {
  /// The entry itself, for what is missing in it.
  var origin: Origin
  var key: Located<KeyTemplate>?
  var value = EntryConfiguration.Value.json(columns: [])
  var ttl: Located<Int>?
  var flags: UInt32 = 0
  var onDelete = EntryConfiguration.Deletion.delete
}
