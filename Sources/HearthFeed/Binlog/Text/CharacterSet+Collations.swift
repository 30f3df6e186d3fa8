extension CharacterSet {
  /// The character set of a collation, by the number that events carry. Numbers from `strings/ctype*.c` of both servers.
  /// nil: a collation of a server newer than this.
  public init?(collation: Int) {
    // MariaDB: collations without padding are the others' numbers and 1024.
    let id = collation > 1024 && collation < 2048 ? collation - 1024 : collation
    guard let found = Self.old(id) ?? Self.unicode(id) else { return nil }
    self = found
  }

  private static func unicode(_ id: Int) -> CharacterSet? {
    switch id {
    case 33, 76, 83, 192...215, 223, 576...578: .utf8mb3
    case 45, 46, 224...247, 255...323, 608...610: .utf8mb4
    case 35, 90, 128...151, 159, 640...642: .ucs2
    case 54, 55, 101...124, 672...674: .utf16
    case 56, 62: .utf16le
    case 60, 61, 160...183, 736...738: .utf32
    case 248...250: .gb18030
    // MariaDB's UCA 14.0.0: 256 numbers for each set.
    case 2048...2303: .utf8mb3
    case 2304...2559: .utf8mb4
    case 2560...2815: .ucs2
    case 2816...3071: .utf16
    case 3072...3327: .utf32
    default: nil
    }
  }

  private static func old(_ id: Int) -> CharacterSet? {
    switch id {
    case 1, 84: .big5
    case 2, 9, 21, 27, 77: .latin2
    case 3, 69: .dec8
    case 4, 80: .cp850
    case 5, 8, 15, 31, 47, 48, 49, 94: .latin1
    case 6, 72: .hp8
    case 7, 74: .koi8r
    case 10, 82: .swe7
    case 11, 65: .ascii
    case 12, 91: .ujis
    case 13, 88: .sjis
    case 14, 23, 50, 51, 52: .cp1251
    case 16, 71: .hebrew
    case 18, 89: .tis620
    case 19, 85: .euckr
    case 20, 41, 42, 79: .latin7
    case 22, 75: .koi8u
    case 24, 86: .gb2312
    case 25, 70: .greek
    case 26, 34, 44, 66, 99: .cp1250
    case 28, 87: .gbk
    case 29, 58, 59: .cp1257
    case 30, 78: .latin5
    case 32, 64: .armscii8
    case 36, 68: .cp866
    case 37, 73: .keybcs2
    case 38, 43: .macce
    case 39, 53: .macroman
    case 40, 81: .cp852
    case 57, 67: .cp1256
    case 63: .binary
    case 92, 93: .geostd8
    case 95, 96: .cp932
    case 97, 98: .eucjpms
    default: nil
    }
  }
}
