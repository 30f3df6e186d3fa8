/// The command by which a client reads a key.
public enum ReadCommand: UInt8, Sendable {
  /// get: the only one that sees a miss though the item lives.
  case get
  /// gets
  case gets
  /// gat: it gives the item a new expiry, so to it an expired item is gone.
  case gat
  /// gats: as gat.
  case gats
  /// mg: told by W and Z instead of a miss.
  case metaGet

  /// Reads and changes nothing, so an expired item may be served.
  var mayServeStale: Bool { self == .get || self == .gets || self == .metaGet }
}
