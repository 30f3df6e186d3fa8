/// What herd protection tells a meta client along with a value.
enum HerdMark {
  case none
  /// W: it is to refresh the value.
  case won
  /// Z: somebody else refreshes it.
  case taken
  /// X and Z: it has expired, and somebody else computes it.
  case stale
  /// X and W: it has expired, and this client is to compute it.
  case staleWon

  var isStale: Bool { self == .stale || self == .staleWon }

  /// Writes the flags, in the order of the marks that items have themselves.
  func write(_ r: inout ReplyCursor) {
    if self == .taken || self == .stale { r.flag(0x5a) }
    if isStale { r.flag(0x58) }
    if self == .won || self == .staleWon { r.flag(0x57) }
  }
}
