/// The character sets of MySQL and MariaDB, by the names the servers give them.
public enum CharacterSet: String, Sendable, CaseIterable {
  case armscii8, ascii, big5, binary, cp1250, cp1251, cp1256, cp1257, cp850, cp852, cp866, cp932, dec8,
    eucjpms, euckr
  case gb18030, gb2312, gbk, geostd8, greek, hebrew, hp8, keybcs2, koi8r, koi8u, latin1, latin2, latin5,
    latin7, macce
  case macroman, sjis, swe7, tis620, ucs2, ujis, utf16, utf16le, utf32, utf8mb3, utf8mb4

  /// From the name in information_schema; older servers say `utf8` for utf8mb3. nil: no server knows it.
  public init?(name: String) {
    self.init(rawValue: name == "utf8" ? "utf8mb3" : name)
  }

  /// Text in it is UTF-8 as it stands.
  var isUTF8: Bool { self == .utf8mb4 || self == .utf8mb3 || self == .binary }

  /// A byte below 0x80 is that character of ASCII, wherever it stands at the beginning of a character.
  var containsASCII: Bool {
    switch self {
    case .ucs2, .utf16, .utf16le, .utf32, .swe7: false
    default: true
    }
  }

  /// What glibc's iconv calls the sets with characters of several bytes.
  var iconvName: String? {
    switch self {
    case .big5: "BIG5"
    case .cp932: "CP932"
    case .eucjpms: "EUC-JP-MS"
    case .euckr: "UHC"
    case .gb18030: "GB18030"
    case .gb2312: "EUC-CN"
    case .gbk: "GBK"
    case .sjis: "SHIFT_JIS"
    case .ucs2, .utf16: "UTF-16BE"
    case .ujis: "EUC-JP-MS"
    case .utf16le: "UTF-16LE"
    case .utf32: "UTF-32BE"
    default: nil
    }
  }
}
