/// One entry of a feed's `tables` as it was written.
struct TableDraft: Sendable {
  /// The entry itself, for what is missing in it.
  var origin: Origin
  var name: Located<(database: String, table: String)>?
  var pool: Located<String>?
  var filter: RowCondition?
  /// The only entry, where its keys stand at the table itself.
  var own: EntryDraft?
  var entries: [EntryDraft] = []
  var bumps: [Located<KeyTemplate>] = []
  var requeries: [RequeryDraft] = []
}
