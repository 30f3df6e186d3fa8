/// One entry of `feeds` as it was written. What belongs to the other kind of feed than its own stays unset.
struct FeedDraft: Sendable {
  enum Kind: String, Sendable, CaseIterable {
    case database, files
  }

  /// The entry itself, for what is missing in it.
  var origin: Origin
  var name: Located<String>?
  var kind = Kind.database
  var pool: Located<String>?

  var sources: [DatabaseServer] = []
  var queryFrom: DatabaseServer?
  var serverID: UInt32?
  var checkpoint: String?
  var loadRowsPerSecond: Int?
  var chunkRows: Int?
  var sweep: Int?
  var whileReloading: DatabaseFeedConfiguration.Reload?
  var tables: [TableDraft] = []

  var path: String?
  var key: Located<KeyTemplate>?
  var sizeLimit: Located<Int>?
  var links: FileFeedConfiguration.Links?
}
