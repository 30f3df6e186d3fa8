/// The command words.
enum CommandWord {
  /// The command of a word of `length` bytes at the cursor; nil when there is none of that name. Names are
  /// case-sensitive.
  static func verb(_ cursor: LineCursor, length: Int) -> Verb? {
    if length > 8 {
      let word = ByteRange(start: cursor.position, count: length)
      if cursor.equals(word, "flush_all") { return .flushAll }
      if cursor.equals(word, "verbosity") { return .verbosity }
      if cursor.equals(word, "lru_crawler") { return .lruCrawler }
      if cursor.equals(word, "cache_memlimit") { return .cacheMemlimit }
      if cursor.equals(word, "refresh_certs") { return .refreshCerts }
      return nil
    }
    // Up to eight bytes are compared as one number. A zero byte at the end would not change it.
    var packed: UInt64 = 0
    for index in 0..<length {
      packed |= UInt64(cursor.byte(at: cursor.position + index)) << UInt64(8 * index)
    }
    if length == 0 || packed >> UInt64(8 * (length - 1)) == 0 { return nil }
    switch packed {
    case 0x74_6567: return .get
    case 0x7374_6567: return .gets
    case 0x74_6167: return .gat
    case 0x7374_6167: return .gats
    case 0x74_6573: return .set
    case 0x64_6461: return .add
    case 0x73_6163: return .cas
    case 0x65_6361_6c70_6572: return .replace
    case 0x646e_6570_7061: return .append
    case 0x64_6e65_7065_7270: return .prepend
    case 0x7263_6e69: return .incr
    case 0x7263_6564: return .decr
    case 0x68_6375_6f74: return .touch
    case 0x6574_656c_6564: return .delete
    case 0x6e6d: return .metaNoop
    case 0x676d: return .metaGet
    case 0x736d: return .metaSet
    case 0x646d: return .metaDelete
    case 0x616d: return .metaArithmetic
    case 0x656d: return .metaDebug
    case 0x73_7461_7473: return .stats
    case 0x6e_6f69_7372_6576: return .version
    case 0x7469_7571: return .quit
    case 0x6e77_6f64_7475_6873: return .shutdown
    case 0x73_6261_6c73: return .slabs
    case 0x75_726c: return .lru
    case 0x6572_6f74_7374_7865: return .extstore
    case 0x68_6374_6177: return .watch
    case 0x706d_7564_676d: return .mgdump
    default: return nil
    }
  }
}
