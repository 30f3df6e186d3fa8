/// What is known of a key without an item.
@frozen
public enum Absence: Sendable {
  /// It never was there, or was deleted or evicted, or the scan was faster.
  case unknown
  /// It has expired, and was found so just now.
  case expired
  /// It was flushed, and found so just now.
  case flushed
}
