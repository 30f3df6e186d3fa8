/// Why a file has no entry.
enum LeftOut: UInt8, CaseIterable {
  /// Its path gives no key: more than 250 bytes, or none.
  case noKey
  /// Its key would belong to another pool.
  case foreignKey
  /// It is larger than `size_limit`, or than an item may be.
  case tooLarge
  /// The daemon's account may not read it.
  case unreadable
  /// It changed again and again while it was read.
  case changing
  /// A pipe, a socket or a device.
  case special
  /// A link that leads out of the tree.
  case outside
  /// A link to a folder that it is in, or one of too many.
  case loop
  /// Another file has the same key.
  case sameKey
  /// The pool is full.
  case noRoom

  /// For people, behind the path.
  var reason: String {
    switch self {
    case .noKey: "its path gives no valid key (1 to 250 bytes)"
    case .foreignKey: "its key belongs to another pool"
    case .tooLarge: "it is larger than size_limit"
    case .unreadable: "it may not be read: permission denied"
    case .changing: "it changes all the time; it is taken when it is closed"
    case .special: "it is a pipe, a socket or a device"
    case .outside: "the link leads out of the directory"
    case .loop: "the link leads back to a folder that it is in, or there are too many links"
    case .sameKey: "another file has the same key"
    case .noRoom: "there is no room in the pool"
    }
  }
}
