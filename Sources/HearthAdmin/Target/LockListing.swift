import HearthJSON

/// One keyed mutex that is held.
public struct LockListing: Equatable, Sendable {
  /// MD5 of the key, 32 hexadecimal digits: all the mutex protocol tells the daemon about a key.
  public var key: String
  /// Number of the connection that holds it.
  public var owner: UInt64
  /// For how long it has been held, milliseconds.
  public var heldForMilliseconds: UInt64
  /// Clients that wait for it.
  public var waiters: Int

  /// A listing of these parts.
  public init(key: String, owner: UInt64, heldForMilliseconds: UInt64, waiters: Int) {
    self.key = key
    self.owner = owner
    self.heldForMilliseconds = heldForMilliseconds
    self.waiters = waiters
  }
}

extension LockListing {
  /// As the interface shows it.
  public var json: JSONValue {
    .object([
      ("key_md5", .string(key)), ("owner", .unsigned(owner)), ("held_ms", .unsigned(heldForMilliseconds)),
      ("waiters", .unsigned(UInt64(max(0, waiters)))),
    ])
  }

  /// Reads what `json` made; nil when it is something else.
  public init?(_ json: JSONValue) {
    guard let key = json["key_md5"]?.text, let owner = json["owner"]?.unsigned,
      let held = json["held_ms"]?.unsigned,
      let waiters = json["waiters"]?.unsigned.flatMap(Int.init(exactly:))
    else { return nil }
    self.init(key: key, owner: owner, heldForMilliseconds: held, waiters: waiters)
  }
}
