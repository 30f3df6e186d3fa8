/// The bounds of the text protocols, as memcached has them.
public enum ProtocolLimit {
  /// Longest key in bytes, decoded.
  @inlinable public static var key: Int { 250 }
  /// A line must end within this many bytes unless the rest is already here (retrieval has `keyWindow`).
  @inlinable public static var line: Int { 2048 }
  /// No line but that of a retrieval may be longer, however it arrives: memcached's read buffer.
  @inlinable public static var wholeLine: Int { 16 * 1024 }
  /// A retrieval line is held back until it is complete or this long; its keys so far are then checked
  /// before the first answer. Beyond it keys stream.
  @inlinable public static var keyWindow: Int { 64 * 1024 }
  /// Longest opaque token, its O included.
  @inlinable public static var opaque: Int { 32 }
  /// Most tokens of a meta line, command and key included.
  @inlinable public static var metaTokens: Int { 20 }
  /// Longest data block that a command may announce: 2^31 - 3.
  @inlinable public static var data: UInt64 { 2_147_483_645 }
}
