import HearthJSON

/// How far a preview of a table's keys is, as `GET /v1/feeds/preview` tells it.
public enum PreviewListing: Equatable, Sendable {
  case pending
  /// Why there is none, one line.
  case failed(String)
  case done(Rows)

  /// What some rows become.
  public struct Rows: Equatable, Sendable {
    /// Rows that were read.
    public var count: UInt64
    /// Rows that do not satisfy `where`.
    public var excluded: UInt64
    /// Entries that a row gives no valid key or no value for.
    public var skipped: UInt64
    /// In the order of the rows.
    public var entries: [Entry]

    /// Rows of these parts.
    public init(count: UInt64, excluded: UInt64, skipped: UInt64, entries: [Entry]) {
      self.count = count
      self.excluded = excluded
      self.skipped = skipped
      self.entries = entries
    }
  }

  /// One effect of a row.
  public struct Entry: Equatable, Sendable {
    /// `store`, `bump` or `requery`.
    public var kind: String
    /// The key or the group; what is not UTF-8 is shown by replacement characters.
    public var key: String
    /// The first bytes of the value, likewise.
    public var value: String
    /// Bytes of the whole value.
    public var length: UInt64
    /// What clients get as the item's flags.
    public var flags: UInt64
    /// Seconds; 0: no end.
    public var ttl: UInt64

    /// An entry of these parts.
    public init(kind: String, key: String, value: String, length: UInt64, flags: UInt64, ttl: UInt64) {
      self.kind = kind
      self.key = key
      self.value = value
      self.length = length
      self.flags = flags
      self.ttl = ttl
    }
  }
}

extension PreviewListing {
  /// As the interface shows it.
  public var json: JSONValue {
    switch self {
    case .pending: .object([("state", .string("pending"))])
    case .failed(let line): .object([("state", .string("failed")), ("error", .string(line))])
    case .done(let rows):
      .object([
        ("state", .string("done")), ("rows", .unsigned(rows.count)), ("excluded", .unsigned(rows.excluded)),
        ("skipped", .unsigned(rows.skipped)), ("entries", .array(rows.entries.map(\.json))),
      ])
    }
  }

  /// Reads what `json` made; nil when it is something else.
  public init?(_ json: JSONValue) {
    switch json["state"]?.text {
    case "pending": self = .pending
    case "failed":
      guard let line = json["error"]?.text else { return nil }
      self = .failed(line)
    case "done":
      guard let count = json["rows"]?.unsigned, let excluded = json["excluded"]?.unsigned,
        let skipped = json["skipped"]?.unsigned, let list = json["entries"]?.items
      else { return nil }
      let entries = list.compactMap(Entry.init)
      guard entries.count == list.count else { return nil }
      self = .done(Rows(count: count, excluded: excluded, skipped: skipped, entries: entries))
    default: return nil
    }
  }
}

extension PreviewListing.Entry {
  var json: JSONValue {
    .object([
      ("kind", .string(kind)), ("key", .string(key)), ("value", .string(value)),
      ("length", .unsigned(length)),
      ("flags", .unsigned(flags)), ("ttl", .unsigned(ttl)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let kind = json["kind"]?.text, let key = json["key"]?.text, let value = json["value"]?.text,
      let length = json["length"]?.unsigned, let flags = json["flags"]?.unsigned,
      let ttl = json["ttl"]?.unsigned
    else { return nil }
    self.init(kind: kind, key: key, value: value, length: length, flags: flags, ttl: ttl)
  }
}
