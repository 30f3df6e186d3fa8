import Glibc

/// What the kernel tells of a directory (inotify(7)).
struct InotifyEvent: Equatable {
  /// Number of the watch; -1: of none.
  var watch: Int32
  var mask: UInt32
  /// Empty: the directory itself.
  var name: [UInt8]

  /// What is asked for. Not IN_MODIFY: what is written in place is taken when it is closed.
  static let interest =
    UInt32(IN_CLOSE_WRITE) | UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM)
    | UInt32(IN_MOVED_TO)
    | UInt32(IN_ATTRIB) | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF)

  /// Bytes in front of a name: watch, mask, cookie, length.
  private static let headerBytes = 16

  /// The events of one read, in order. What is cut off is not there.
  static func parse(_ bytes: UnsafeRawBufferPointer) -> [InotifyEvent] {
    var events: [InotifyEvent] = []
    var at = 0
    while bytes.count - at >= headerBytes {
      let length = Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
      guard bytes.count - at - headerBytes >= length else { break }
      let padded = bytes[(at + headerBytes)..<(at + headerBytes + length)]
      events.append(
        InotifyEvent(
          watch: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self),
          mask: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self),
          name: Array(padded.prefix { $0 != 0 })))
      at += headerBytes + length
    }
    return events
  }

  func has(_ bits: Int32) -> Bool { mask & UInt32(bitPattern: bits) != 0 }
}
